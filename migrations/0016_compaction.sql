-- The log of changes keeps of each post its last row, and tombstones as long as a backup may live.
create index change_post on change (post) where kind not in ('new', 'edited');
-- Where the log stood and when: rows of the log have no time of their own.
create table change_mark (
    at bigint primary key,
    xid bigint not null,
    seq bigint not null
);
