-- Tables that other systems export: how they are read, what was read, and what is known of each message
-- beside its words.
-- A mapping of columns as people saved it; each change is a version.
create table table_mapping (
    name text not null,
    version bigint not null,
    made bigint not null,
    made_by text not null,
    -- JSON of domain::table::Mapping.
    mapping text not null,
    primary key (name, version)
);
-- A file on its way in, and its report.
create table table_import (
    id text primary key,
    -- uploaded, checking, checked, waiting, done, failed, dropped.
    state text not null,
    file text not null,
    who text not null,
    created bigint not null,
    updated bigint not null,
    -- JSON of the mapping that is used; '' until one is chosen.
    mapping text not null default '',
    -- The last line of which everything is done: a killed import goes on after it.
    position bigint not null default 0,
    seen bigint not null default 0,
    added bigint not null default 0,
    changed bigint not null default 0,
    same bigint not null default 0,
    refused bigint not null default 0,
    -- Columns that were not read, JSON.
    unread text not null default '[]',
    lease_until bigint not null default 0,
    -- Why it failed, a word.
    fault text not null default ''
);
create index table_import_state on table_import (state, lease_until);
create table table_refused (
    import text not null,
    line bigint not null,
    fault text not null,
    field text not null,
    primary key (import, line)
);
-- What a table tells of a message; earlier states stand in appeal_version.
create table appeal (
    post text primary key,
    source text not null,
    number text not null,
    status text,
    category text,
    subcategory text,
    executor text,
    deadline bigint,
    answered bigint,
    channel text,
    import text not null,
    at bigint not null,
    version bigint not null
);
create table appeal_version (
    post text not null,
    status text,
    category text,
    subcategory text,
    executor text,
    deadline bigint,
    answered bigint,
    channel text,
    import text not null,
    at bigint not null,
    version bigint not null,
    primary key (post, version)
);
-- Counts of appeals (59-ФЗ) as a table gave them.
create table appeal_total (
    source text not null,
    body text not null,
    theme text not null,
    first_day text not null,
    last_day text not null,
    appeals bigint not null,
    import text not null,
    at bigint not null,
    primary key (source, body, theme, first_day, last_day)
);
insert into role_permission (role, permission) values
    ('curator', 'import_tables'), ('executor', 'import_tables'), ('centre_head', 'import_tables');
