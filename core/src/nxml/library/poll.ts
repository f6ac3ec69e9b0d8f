import type { LibraryPanel } from './library-panel.ts'

export const poll: LibraryPanel = {
  id: 'poll',
  title: 'Quick poll',
  description: 'Four options, live result. Anonymous; one vote per open window, changeable.',
  icon: 'vote',
  accent: 'emerald',
  tags: ['decision', 'meeting'],
  source: `<NexusPanel id="poll" title="Quick poll" version="1.0.0" icon="vote" accent="emerald" tags="decision, meeting"
            description="Four options, live result. Anonymous; one vote per open window, changeable.">
  <Data>
    <State name="question" type="string" default="Where do we meet next?" />
    <State name="labels" type="object" default='{"a":"Berlin","b":"Lisbon","c":"Online","d":"No meeting"}' />
    <State name="votesA" type="counter" />
    <State name="votesB" type="counter" />
    <State name="votesC" type="counter" />
    <State name="votesD" type="counter" />
    <State name="closed" type="boolean" default="false" />
    <State name="myVote" type="string" scope="local" description="Empty, a, b, c or d" />
    <Computed name="results" value="[{ key: 'a', label: $state.labels.a, votes: $state.votesA }, { key: 'b', label: $state.labels.b, votes: $state.votesB }, { key: 'c', label: $state.labels.c, votes: $state.votesC }, { key: 'd', label: $state.labels.d, votes: $state.votesD }]" />
    <Computed name="total" value="$state.results.reduce((sum, r) => sum + r.votes, 0)" />
    <Computed name="leader" value="$state.total === 0 ? 'nobody yet' : [...$state.results].sort((x, y) => y.votes - x.votes)[0].label" />
  </Data>

  <Logic>
    <Tool name="vote" description="Vote for option a, b, c or d, or change the vote">
      <Arg name="option" type="string" />
      <Handler>
        const names = { a: 'votesA', b: 'votesB', c: 'votesC', d: 'votesD' };
        if ($state.closed) throw new Error('The poll is closed');
        if (!names[$args.option]) throw new Error('Choose a, b, c or d');
        if ($state.myVote === $args.option) return;
        if ($state.myVote) $state[names[$state.myVote]] -= 1;
        $state[names[$args.option]] += 1;
        $state.myVote = $args.option;
      </Handler>
    </Tool>

    <Tool name="setClosed" description="Close or reopen the poll">
      <Arg name="closed" type="boolean" />
      <Handler>
        $state.closed = $args.closed;
        $emit('toast', $state.closed ? 'Poll closed: ' + $state.leader : 'Poll open');
      </Handler>
    </Tool>
  </Logic>

  <View>
    <Layout strategy="stack" gap="md">
      <If condition="{$state.closed}">
        <Text content="{$state.question}" variant="h2" />
        <StatusBadge label="Closed. Winner: {$state.leader}" status="success" />
      </If>
      <If condition="{!$state.closed}">
        <Input bind="$state.question" label="Question" />
        <Layout strategy="auto" gap="sm">
          <Input bind="$state.labels.a" label="Option A" />
          <Input bind="$state.labels.b" label="Option B" />
          <Input bind="$state.labels.c" label="Option C" />
          <Input bind="$state.labels.d" label="Option D" />
        </Layout>
      </If>
      <Layout strategy="row" gap="sm">
        <Iterate items="{$state.results}" as="r" key="key">
          <Button label="{$scope.r.label} ({$scope.r.votes})" trigger="vote" args="[$scope.r.key]" disabled="{$state.closed}" variant="{$state.myVote === $scope.r.key ? 'primary' : 'secondary'}" />
        </Iterate>
      </Layout>
      <Chart type="bar" data="{$state.results}" xKey="label" yKey="votes" height="220" />
      <Text content="{$state.total} {$state.total === 1 ? 'vote' : 'votes'}, leading: {$state.leader}" variant="caption" />
      <Button label="{$state.closed ? 'Reopen' : 'Close poll'}" variant="ghost" trigger="setClosed" args="[!$state.closed]" />
    </Layout>
  </View>
</NexusPanel>
`,
}
