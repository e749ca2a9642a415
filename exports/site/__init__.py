"""The site of a release: static pages for people, made from the release's own data files and from nothing else."""
