-- What the queue's order and its counts ask stands on the incident itself: over a million incidents
-- neither may be reckoned from other tables, row by row.
-- A network's bit in `incident.networks`; '' is whichever, so that each incident is counted under it.
create table network (
    code text primary key,
    bit bigint not null
);
insert into network (code, bit) values ('', 0), ('vk', 1), ('telegram', 2), ('feed', 4), ('ok', 8),
    ('max', 16), ('site', 32), ('pos', 64), ('open311', 128), ('import', 256);

-- The place in the queue: the promised moment of the first answer while that is owed; the number below
-- the greatest when the incident is open and owes none; the greatest when it is closed or declined.
alter table incident add column queue_at bigint not null default 9223372036854775806;
-- The networks of its posts, a bit each.
alter table incident add column networks bigint not null default 0;
update incident set
    queue_at = case when state in ('closed', 'declined') then 9223372036854775807
        else coalesce((select c.due from clock c where c.incident = incident.id
            and c.cycle = incident.cycle and c.kind = 'first' and c.stopped is null),
            9223372036854775806) end,
    networks = cast(coalesce((select sum(distinct n.bit) from incident_post ip
        join post p on p.id = ip.post join network n on n.code = p.platform
        where ip.incident = incident.id), 0) as bigint);

-- The queue of everything, and of a municipality, with all that filters and counts look at.
create index incident_queued on incident
    (queue_at, number, sector, municipality, topic, state, networks, holder);
create index incident_of_town on incident
    (municipality, queue_at, number, sector, topic, state, networks, holder);
-- And of whoever holds them, or of nobody.
create index incident_held on incident
    (holder, queue_at, number, state, sector, municipality, topic, networks);
-- Those open, in the order in which they are counted.
create index incident_open_topic on incident
    (sector, topic, municipality, state, networks, holder, queue_at)
    where queue_at < 9223372036854775807;
create index incident_open_town on incident
    (municipality, sector, topic, state, networks, holder, queue_at)
    where queue_at < 9223372036854775807;
-- What is like it, for joining and for people.
create index incident_alike on incident (topic, municipality, queue_at, number);
-- What is new.
create index incident_opened on incident (opened);
drop index incident_queue;
drop index incident_join;

-- Closed and declined incidents, counted: there are too many to count them for each page. Kept by
-- whoever ends, reopens or purges one.
-- only: sqlite
create table ended_total (
    platform text not null,
    state text not null,
    sector text not null,
    topic text not null,
    -- '' for none.
    municipality text not null,
    incidents bigint not null,
    primary key (platform, state, sector, topic, municipality)
) without rowid;
-- only: postgres
create table ended_total (
    platform text not null,
    state text not null,
    sector text not null,
    topic text not null,
    municipality text not null,
    incidents bigint not null,
    primary key (platform, state, sector, topic, municipality)
);
-- only: both
insert into ended_total (platform, state, sector, topic, municipality, incidents)
    select n.code, i.state, i.sector, i.topic, coalesce(i.municipality, ''), count(*)
    from incident i join network n on n.bit = 0 or (i.networks & n.bit) <> 0
    where i.state in ('closed', 'declined')
    group by n.code, i.state, i.sector, i.topic, coalesce(i.municipality, '');

-- Posts by the revision that read them: what an older one read is found at once, also when there is none.
create index post_read on post (revision, published) where revision > 0 and deleted is null;
