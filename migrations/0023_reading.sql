-- How a site or an endpoint is read: the tables of its catalogue entry, as JSON.
alter table source add column reading text;
-- The widget of the state feedback platform (ПОС) on an official site: what was found, the form's number,
-- and when it was looked for.
alter table official_page add column pos_widget text;
alter table official_page add column pos_form bigint;
alter table official_page add column pos_checked bigint;
