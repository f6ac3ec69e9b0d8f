import type { LibraryPanel } from './library-panel.ts'

export const retro: LibraryPanel = {
  id: 'retro',
  title: 'Retrospective',
  description: 'Collect, vote, agree: a board for team retrospectives.',
  icon: 'message-circle',
  accent: 'pink',
  tags: ['meeting', 'team'],
  source: `<NexusPanel id="retro" title="Retrospective" version="1.0.0" icon="message-circle" accent="pink" tags="meeting, team"
            description="Collect, vote, agree: a board for team retrospectives.">
  <Data>
    <State name="lanes" type="list" default='[{"id":"good","title":"Went well"},{"id":"bad","title":"Could be better"},{"id":"idea","title":"Ideas"}]' />
    <State name="cards" type="list" description="Items: id, lane, body" />
    <State name="votes" type="list" description="Items: id, card. One entry per vote, so simultaneous votes all count" />
    <State name="actions" type="text" description="Agreed actions" />
    <State name="voting" type="boolean" default="false" />
    <State name="votesEach" type="number" default="3" />
    <State name="myVotes" type="list" default="[]" scope="local" description="Ids of the votes cast in this window" />
    <State name="drafts" type="object" default='{"good":"","bad":"","idea":""}' scope="local" />
    <Computed name="ranking" value="$state.cards.map(c => ({ id: c.id, body: c.body, votes: $state.votes.filter(v => v.card === c.id).length })).toSorted((a, b) => b.votes - a.votes).slice(0, 5)" />
  </Data>

  <Logic>
    <Tool name="addCard" description="Add a card to a lane: good, bad or idea">
      <Arg name="lane" type="string" />
      <Arg name="body" type="string" />
      <Handler>
        const body = $args.body.trim();
        if (!body) return null;
        if (!$state.lanes.some(l => l.id === $args.lane)) throw new Error('Unknown lane ' + $args.lane);
        const id = 'r' + Date.now().toString(36) + Math.random().toString(36).slice(2, 6);
        $state.cards.push({ id, lane: $args.lane, body });
        $state.drafts[$args.lane] = '';
        return id;
      </Handler>
    </Tool>

    <Tool name="voteFor" description="Give one vote to a card">
      <Arg name="card" type="string" />
      <Handler>
        if (!$state.voting) throw new Error('Voting is not open');
        if ($state.myVotes.length >= $state.votesEach) {
          $emit('toast', { message: 'No votes left', level: 'warn' });
          return;
        }
        const id = 'v' + Date.now().toString(36) + Math.random().toString(36).slice(2, 6);
        $state.votes.push({ id, card: $args.card });
        $state.myVotes.push(id);
      </Handler>
    </Tool>

    <Tool name="takeBack" description="Take back the votes cast in this window">
      <Handler>
        const mine = $state.myVotes;
        $state.votes = $state.votes.filter(v => !mine.includes(v.id));
        $state.myVotes = [];
      </Handler>
    </Tool>

    <Tool name="removeCard" description="Delete a card and its votes">
      <Arg name="id" type="string" />
      <Handler>
        $state.cards = $state.cards.filter(c => c.id !== $args.id);
        $state.votes = $state.votes.filter(v => v.card !== $args.id);
      </Handler>
    </Tool>

    <Tool name="agree" description="Turn a card into an agreed action">
      <Arg name="id" type="string" />
      <Handler>
        const card = $state.cards.find(c => c.id === $args.id);
        if (!card) throw new Error('There is no such card');
        $state.actions += ($state.actions ? '\\n' : '') + '- [ ] ' + card.body;
      </Handler>
    </Tool>
  </Logic>

  <View>
    <Layout strategy="stack" gap="md">
      <Layout strategy="row" gap="md">
        <Switch bind="$state.voting" label="Voting open" />
        <Input bind="$state.votesEach" label="Votes each" inputType="number" />
        <If condition="{$state.voting}">
          <StatusBadge label="Your votes left" value="{$state.votesEach - $state.myVotes.length}" />
          <Button label="Take back" variant="ghost" trigger="takeBack" disabled="{$state.myVotes.length === 0}" />
        </If>
      </Layout>
      <Layout strategy="row" gap="md" align="start">
        <Iterate items="{$state.lanes}" as="lane" key="id">
          <Container title="{$scope.lane.title}" variant="panel">
            <Iterate items="{$state.cards.filter(c => c.lane === $scope.lane.id)}" as="card" key="id">
              <Container variant="card">
                <Input bind="$scope.card.body" multiline="true" rows="2" disabled="{$state.voting}" />
                <Layout strategy="row" gap="sm">
                  <StatusBadge label="{$state.votes.filter(v => v.card === $scope.card.id).length} votes" />
                  <Button label="Vote" trigger="voteFor" args="[$scope.card.id]" disabled="{!$state.voting}" />
                  <Button label="Agree" variant="ghost" trigger="agree" args="[$scope.card.id]" />
                  <Button label="✕" variant="ghost" trigger="removeCard" args="[$scope.card.id]" />
                </Layout>
              </Container>
            </Iterate>
            <Button label="Add: {$state.drafts[$scope.lane.id] || '…'}" variant="secondary" trigger="addCard" args="{ lane: $scope.lane.id, body: $state.drafts[$scope.lane.id] }" disabled="{$state.voting}" />
          </Container>
        </Iterate>
      </Layout>
      <Layout strategy="auto" gap="sm">
        <Input bind="$state.drafts.good" label="New: went well" trigger="addCard" args="{ lane: 'good', body: $state.drafts.good }" />
        <Input bind="$state.drafts.bad" label="New: could be better" trigger="addCard" args="{ lane: 'bad', body: $state.drafts.bad }" />
        <Input bind="$state.drafts.idea" label="New: idea" trigger="addCard" args="{ lane: 'idea', body: $state.drafts.idea }" />
      </Layout>
      <Chart type="bar" data="{$state.ranking}" xKey="body" yKey="votes" height="200" />
      <Container title="Agreed actions" variant="card">
        <Input bind="$state.actions" label="Actions" rows="6" />
      </Container>
    </Layout>
  </View>
</NexusPanel>
`,
}
