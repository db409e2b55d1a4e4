-- [setup]
-- Prisma's adapter drops the offset of each timestamptz, in both directions, and is right in UTC only.
ALTER ROLE story_backend SET TimeZone = 'UTC';
ALTER ROLE story_learner SET TimeZone = 'UTC';
-- [/setup]
ALTER ROLE story_owner SET TimeZone = 'UTC';
