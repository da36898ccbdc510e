-- Deliveries of alerts: seen and tried again by who answers for the machinery, not only by who reads
-- incidents.
insert into role_permission (role, permission) values
    ('curator', 'read_alerts'), ('curator', 'retry_alerts'),
    ('centre_head', 'read_alerts'), ('centre_head', 'retry_alerts'),
    ('administrator', 'read_alerts'), ('administrator', 'retry_alerts');
