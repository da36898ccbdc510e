-- A token may be an integration's: then it has a name and a reach of its own instead of an account
-- (`account` is empty). `allows` is JSON: permissions, fields, sectors, municipalities; null for the
-- token of an account, which reaches what the account does.
alter table api_token add column name text not null default '';
alter table api_token add column allows text;
alter table api_token add column expires bigint;
alter table api_token add column used bigint;

-- Programs follow the queue by what changed since they last asked.
create index incident_updated on incident (updated, number);
