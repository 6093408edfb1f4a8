-- How far a running step is, in words for people: "3 of 7 resources". Null for a step that is done at once.
ALTER TABLE provisioning_steps ADD COLUMN progress text;
