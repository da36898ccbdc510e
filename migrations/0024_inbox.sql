-- Events that networks sent us by themselves, each kept once however often it is sent. Of its number only
-- a hash.
create table inbox (
    -- A hash of the source and the event's number there.
    id text primary key,
    at bigint not null
);
create index inbox_at on inbox (at);
