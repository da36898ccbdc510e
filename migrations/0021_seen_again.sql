-- When a post that was asked for by name was not there for the first time; at the second it is deleted.
alter table post add column absent bigint;
alter table post add column reposts bigint;
-- A keyed hash of the names of the attached media: an exchanged picture is an edit.
alter table post add column media text;

-- What the counters said, a row for each change: all of a post's first two days, then the last of a day.
-- The latest stand on the post itself.
-- only: sqlite
create table post_counter (
    post text not null,
    at bigint not null,
    likes bigint,
    comments bigint,
    reposts bigint,
    views bigint,
    primary key (post, at)
) without rowid;
-- only: postgres
create table post_counter (
    post text not null,
    at bigint not null,
    likes bigint,
    comments bigint,
    reposts bigint,
    views bigint,
    primary key (post, at)
);
-- only: both
