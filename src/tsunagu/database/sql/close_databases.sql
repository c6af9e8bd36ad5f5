-- Nobody connects to any database, or makes temporary tables there, unless it is said below.
-- reads: nothing
-- writes: the grants of the cluster's databases
-- grain: one cluster
REVOKE ALL ON DATABASE tsunagu, postgres, template1 FROM PUBLIC
