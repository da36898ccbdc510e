-- Sources that are gone become due as well: their long re-check.
drop index source_due;
create index source_due on source (next_visit) where state <> 'off';
