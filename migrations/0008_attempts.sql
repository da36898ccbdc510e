-- Wrong attempts to sign in, counted per login, address and both, for all web processes: a restart
-- forgets nothing. Of the thing that is counted only a hash is kept, for hours.
create table sign_in_try (
    subject text primary key,
    failures bigint not null,
    last bigint not null,
    until bigint not null
);
create index sign_in_try_last on sign_in_try (last);
