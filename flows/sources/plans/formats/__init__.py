"""One module per file format: `read(data, name) -> Draft`, rows in reading order."""
