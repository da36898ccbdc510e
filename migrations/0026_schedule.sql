-- The schedule: whom a source burdens, whether it comes first, the longest time that the operator allows
-- between two visits, and when a person stopped it.
alter table source add column domain text not null default '';
alter table source add column priority bigint not null default 0;
alter table source add column interval_most bigint;
alter table source add column stopped bigint;
create index source_domain on source (domain, lease_until) where domain <> '';

-- When a source posts: counts by hour of the week, as the schedule writes them.
create table rhythm (
    source text primary key,
    kept text not null
);

-- A limit domain: before free_at no next request goes, before queue_until no source is leased for a
-- scheduled visit; failures in a row open the breaker.
alter table gate add column free_at bigint not null default 0;
alter table gate add column queue_until bigint not null default 0;
alter table gate add column failures bigint not null default 0;

-- What a site's robots.txt said.
create table robots (
    origin text primary key,
    status bigint not null,
    body text not null,
    fresh_until bigint not null,
    unreachable_since bigint
);
