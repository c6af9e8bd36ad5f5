"""Who may do what to whom for which purpose: staff, dated roles, dated purposes, and the session's context."""
