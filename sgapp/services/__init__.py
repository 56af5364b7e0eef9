"""One function per thing a person intends, each guarded: `@intention`, `@query` or `@public`."""
