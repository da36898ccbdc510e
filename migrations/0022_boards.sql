-- Sources whose discussion boards are read beside their walls.
alter table source add column boards bigint not null default 0;
