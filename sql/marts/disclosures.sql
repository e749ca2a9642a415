-- one row per item that was disclosed and still stands: only 主动公开, reviewed, published, not withdrawn
select
    disclosures.disclosure_id, disclosures.index_number, disclosures.disclosure_title, disclosures.unit_id, disclosures.unit_name,
    disclosures.printed_unit_name, disclosures.document_number, disclosures.catalogue_matter, disclosures.channel, disclosures.made_on,
    disclosures.changed_on, disclosures.published_on, disclosures.due_on, disclosures.is_due_provisional, disclosures.days_late,
    disclosures.url, disclosures.source_path, disclosures.source_sheet, disclosures.source_row
from core.disclosures as disclosures
where disclosures.is_released
