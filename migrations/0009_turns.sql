-- Loops that must not run twice take turns: whoever holds the turn works, until it runs out.
create table turn (
    name text primary key,
    owner text not null,
    until bigint not null
);
