-- The second fence around jobs and the directory of tenants, which know tenants by name. A session that
-- serves one tenant names it; workers, who take jobs whosever they are, name everybody: '*', which no
-- tenant is called.
DO $$
DECLARE
    fenced record;
BEGIN
    FOR fenced IN SELECT * FROM (VALUES ('tenants', 'name'), ('jobs', 'tenant')) AS f (name, owner)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', fenced.name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', fenced.name);
        EXECUTE format(
            'CREATE POLICY tenant ON %I USING (%I = current_setting(''andiron.tenant_name'', true)'
            || ' OR current_setting(''andiron.tenant_name'', true) = ''*'')', fenced.name, fenced.owner);
    END LOOP;
END
$$;
