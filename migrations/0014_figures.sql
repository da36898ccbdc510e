-- Alerts are counted by what became of them at each scrape of /metrics, without reading their texts.
create index job_done on job (done, attempts) where done is not null;
create index job_failed on job (failed) where failed is not null;
