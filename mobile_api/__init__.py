"""HTTP: routes, schemas, problem details and access. No SQL and no rules."""
