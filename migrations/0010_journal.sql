-- The journal as chains of hashes, one for each start of a process, and signed checkpoints. Entries of
-- before get a chain of their own when the program opens the database.
alter table audit add column chain text not null default '';
alter table audit add column position bigint not null default 0;
alter table audit add column previous text not null default '';
alter table audit add column hash text not null default '';
create unique index audit_place on audit (chain, position) where chain <> '';
create index audit_loose on audit (id) where chain = '';
create index audit_who on audit (who, id);
create index audit_subject on audit (subject, id);

create table audit_chain (
    id text primary key,
    process text not null,
    began bigint not null,
    -- The hash of the last checkpoint when it began.
    origin text not null,
    -- Entries below were removed when their term had passed.
    first bigint not null,
    -- Its end, which the appending transaction holds.
    position bigint not null,
    hash text not null,
    -- As far as the last checkpoint.
    signed bigint not null
);

create table audit_checkpoint (
    number bigint primary key,
    at bigint not null,
    previous text not null,
    key text not null,
    heads text not null,
    hash text not null,
    signature text not null
);

-- The database itself refuses to change or remove what was written. It is no proof, for who owns the
-- database owns its triggers: the hashes are. Entries leave below `first`, which only grows.
-- only: sqlite
create trigger audit_insert before insert on audit when new.chain = ''
begin select raise(abort, 'an entry of the journal needs a chain'); end;
create trigger audit_update before update on audit when old.chain <> ''
begin select raise(abort, 'the journal only grows'); end;
create trigger audit_delete before delete on audit
when old.position >= coalesce((select first from audit_chain where id = old.chain), 0)
begin select raise(abort, 'the journal only grows'); end;
create trigger audit_chain_update before update on audit_chain
when new.id <> old.id or new.process <> old.process or new.began <> old.began
    or new.origin <> old.origin or new.first < old.first or new.position < old.position
    or new.signed < old.signed
begin select raise(abort, 'the journal only grows'); end;
create trigger audit_chain_delete before delete on audit_chain
begin select raise(abort, 'the journal only grows'); end;
create trigger audit_checkpoint_update before update on audit_checkpoint
begin select raise(abort, 'the journal only grows'); end;
create trigger audit_checkpoint_delete before delete on audit_checkpoint
begin select raise(abort, 'the journal only grows'); end;
-- only: postgres
create function audit_refuse() returns trigger language plpgsql as $$
begin raise exception 'the journal only grows'; end $$;
create function audit_keep() returns trigger language plpgsql as $$
begin
    if old.position >= coalesce((select first from audit_chain where id = old.chain), 0) then
        raise exception 'the journal only grows';
    end if;
    return old;
end $$;
create trigger audit_insert before insert on audit
    for each row when (new.chain = '') execute function audit_refuse();
create trigger audit_update before update on audit
    for each row when (old.chain <> '') execute function audit_refuse();
create trigger audit_delete before delete on audit for each row execute function audit_keep();
create trigger audit_truncate before truncate on audit execute function audit_refuse();
create trigger audit_chain_update before update on audit_chain
    for each row when (new.id <> old.id or new.process <> old.process or new.began <> old.began
        or new.origin <> old.origin or new.first < old.first or new.position < old.position
        or new.signed < old.signed)
    execute function audit_refuse();
create trigger audit_chain_delete before delete on audit_chain
    for each row execute function audit_refuse();
create trigger audit_chain_truncate before truncate on audit_chain execute function audit_refuse();
create trigger audit_checkpoint_change before update or delete on audit_checkpoint
    for each row execute function audit_refuse();
create trigger audit_checkpoint_truncate before truncate on audit_checkpoint
    execute function audit_refuse();
-- only: both
