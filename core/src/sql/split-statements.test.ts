import { expect, test } from 'vitest'
import { splitStatements } from './split-statements.ts'

test('[MIG1] statements are cut at semicolons, but not at those in comments, texts, names and bodies', () => {
  const text = `-- additive; first
create table a (b text default 'x;''y');
/* one; two */ comment on table a is "odd;name";
do $body$ begin perform 1; end $body$;
select $$;$$
`
  expect(splitStatements(text)).toEqual([
    `-- additive; first\ncreate table a (b text default 'x;''y')`,
    '/* one; two */ comment on table a is "odd;name"',
    'do $body$ begin perform 1; end $body$',
    'select $$;$$',
  ])
})

test('[MIG1] nothing but comments and white space is no statement', () => {
  expect(splitStatements('-- additive\n;; /* nothing; */ ;\n')).toEqual([])
})
