-- additive
-- Accounts of other providers: `provider_id` is 'oidc ' and the issuer, `account_id` its name for the person.

create unique index accounts_provider_account on accounts (provider_id, account_id);
