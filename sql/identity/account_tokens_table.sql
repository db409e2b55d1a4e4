-- One-time tokens, such as those of links in mails: one for each user and purpose, so that a
-- new one replaces the one before. Neither column of digests gives a token away. It is not
-- registered for dumps: a restore would bring back tokens that have been redeemed since.
CREATE TABLE learnify_internal.account_tokens (
  user_id uuid NOT NULL,
  purpose text NOT NULL,
  digest bytea NOT NULL,
  account_digest bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  CONSTRAINT account_tokens_pkey PRIMARY KEY (user_id, purpose),
  CONSTRAINT account_tokens_purpose_check CHECK (purpose = ANY ('{email_verification,login,password_reset}')),
  CONSTRAINT account_tokens_digest_key UNIQUE (digest),
  CONSTRAINT account_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE INDEX account_tokens_expires_at_idx ON learnify_internal.account_tokens (expires_at);
