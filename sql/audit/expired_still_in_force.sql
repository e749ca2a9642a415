-- 哪些规范性文件已过有效期或已废止仍标为有效？ Which normative documents have lapsed or were repealed and are still listed as in force?
-- 规范性文件到期自动失效；废止的须及时更新文件库。 They lapse on their day; the library must follow.
select unit_name, document_number, document_title, expires_on, repealed_on, document_status, source_path, source_row
from core.normative_documents
where is_marked_in_force(document_status) and least(expires_on, repealed_on) < getvariable('as_of')
order by document_number, source_row
