"""The audit's database functions."""

# Runs with the owner's rights: the serving role may not write the audit in any other way.
# to_jsonb sorts keys, so the same row gives the same digest for ever.
AUDIT_FUNCTION = """
CREATE OR REPLACE FUNCTION liren_audit(tbl text, op text, rec jsonb, keep text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  who text := coalesce(nullif(rec->>'changed_by', ''), nullif(rec->>'by', ''));
  why text := coalesce(
    nullif(rec->>'changed_why', ''), nullif(rec->>'why', ''), nullif(rec->>'reason', ''));
  content_digest bytea := sha256(convert_to(rec::text, 'UTF8'));
BEGIN
  IF who IS NULL OR why IS NULL THEN
    RAISE EXCEPTION 'liren: % of % without actor or reason', op, tbl
      USING ERRCODE = 'not_null_violation';
  END IF;
  INSERT INTO access_auditrow
    (at, xact, "table", op, "row", community, actor, reason, content, digest)
  VALUES (clock_timestamp(), pg_current_xact_id()::text::bigint, tbl, op,
          coalesce(rec->>'id', rec->>'code', ''), coalesce(rec->>'community', ''),
          left(who, 80), left(why, 200),
          CASE WHEN keep = 'full' THEN rec END, content_digest);
END $$;
"""
