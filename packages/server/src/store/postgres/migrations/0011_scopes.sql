-- What a key may do: scopes with spaces between. Null is all there are: keys from before keep everything.

alter table api_keys add column scopes text;
