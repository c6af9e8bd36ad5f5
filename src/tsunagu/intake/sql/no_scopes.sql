-- An empty intake_scope, for feeds whose deliveries always speak for the whole municipality.
-- Reads: nothing. Writes: intake_scope. Grain: as scope_of_versions.
CREATE OR REPLACE TEMP TABLE intake_scope (
  record_id BIGINT, file_id VARCHAR, place VARCHAR, time VARCHAR, is_scoped BOOLEAN, is_delivered BOOLEAN
)
