import type { LibraryPanel } from './library-panel.ts'

export const kanban: LibraryPanel = {
  id: 'kanban',
  title: 'Kanban board',
  description: 'Cards that travel through columns.',
  icon: 'columns',
  accent: 'sky',
  tags: ['tasks', 'board'],
  source: `<NexusPanel id="kanban" title="Kanban board" version="1.0.0" icon="columns" accent="sky" tags="tasks, board"
            description="Cards that travel through columns.">
  <Data>
    <State name="columns" type="list" default='[{"id":"todo","title":"To do","limit":0},{"id":"doing","title":"In progress","limit":3},{"id":"done","title":"Done","limit":0}]' />
    <State name="cards" type="list" description="Items: id, title, owner, column, rank" />
    <State name="draft" type="string" scope="local" />
    <Computed name="total" value="$state.cards.length" />
    <Computed name="overLimit" value="$state.columns.filter(c => c.limit > 0 &amp;&amp; $state.cards.filter(k => k.column === c.id).length > c.limit).map(c => c.title)" />
  </Data>

  <Logic>
    <Tool name="addCard" description="Add a card at the bottom of a column">
      <Arg name="title" type="string" />
      <Arg name="column" type="string" default="todo" description="Column id: todo, doing, done" />
      <Arg name="owner" type="string" default="" />
      <Handler>
        const title = $args.title.trim();
        if (!title) return null;
        if (!$state.columns.some(c => c.id === $args.column)) throw new Error('Unknown column ' + $args.column);
        const ranks = $state.cards.filter(c => c.column === $args.column).map(c => c.rank);
        const id = 'c' + Date.now().toString(36) + Math.random().toString(36).slice(2, 6);
        $state.cards.push({ id, title, owner: $args.owner, column: $args.column, rank: Math.max(0, ...ranks) + 1 });
        $state.draft = '';
        return id;
      </Handler>
    </Tool>

    <Tool name="shiftCard" description="Move a card one column to the right (1) or left (-1)">
      <Arg name="id" type="string" />
      <Arg name="by" type="number" default="1" />
      <Handler>
        const card = $state.cards.find(c => c.id === $args.id);
        if (!card) throw new Error('There is no such card');
        const order = $state.columns.map(c => c.id);
        const target = order[order.indexOf(card.column) + Math.sign($args.by)];
        if (!target) return;
        const ranks = $state.cards.filter(c => c.column === target).map(c => c.rank);
        card.column = target;
        card.rank = Math.max(0, ...ranks) + 1;
      </Handler>
    </Tool>

    <Tool name="raiseCard" description="Move a card up by one place in its column">
      <Arg name="id" type="string" />
      <Handler>
        const card = $state.cards.find(c => c.id === $args.id);
        if (!card) return;
        const above = $state.cards
          .filter(c => c.column === card.column && c.rank < card.rank)
          .sort((a, b) => b.rank - a.rank);
        if (above.length === 0) return;
        card.rank = above.length === 1 ? above[0].rank - 1 : (above[0].rank + above[1].rank) / 2;
      </Handler>
    </Tool>

    <Tool name="removeCard" description="Delete a card">
      <Arg name="id" type="string" />
      <Handler>
        $state.cards = $state.cards.filter(c => c.id !== $args.id);
      </Handler>
    </Tool>
  </Logic>

  <View>
    <Layout strategy="stack" gap="md">
      <Layout strategy="row" gap="sm">
        <Input bind="$state.draft" placeholder="New card…" trigger="addCard" args="{ title: $state.draft }" />
        <Button label="Add" trigger="addCard" args="{ title: $state.draft }" />
        <StatusBadge label="Cards" value="{$state.total}" />
        <If condition="{$state.overLimit.length > 0}">
          <StatusBadge label="Over limit: {$state.overLimit.join(', ')}" status="warn" />
        </If>
      </Layout>
      <Layout strategy="row" gap="md" align="start">
        <Iterate items="{$state.columns}" as="col" key="id">
          <Container title="{$scope.col.title}" variant="panel">
            <Iterate items="{$state.cards.filter(c => c.column === $scope.col.id).sort((a, b) => a.rank - b.rank || a.id.localeCompare(b.id))}" as="card" key="id">
              <Container variant="card">
                <Input bind="$scope.card.title" />
                <Input bind="$scope.card.owner" placeholder="Owner" />
                <Layout strategy="row" gap="sm">
                  <Button label="←" variant="ghost" trigger="shiftCard" args="[$scope.card.id, -1]" disabled="{$scope.colIndex === 0}" />
                  <Button label="↑" variant="ghost" trigger="raiseCard" args="[$scope.card.id]" disabled="{$scope.cardIndex === 0}" />
                  <Button label="→" variant="ghost" trigger="shiftCard" args="[$scope.card.id, 1]" disabled="{$scope.colIndex === $state.columns.length - 1}" />
                  <Button label="✕" variant="ghost" trigger="removeCard" args="[$scope.card.id]" />
                </Layout>
              </Container>
            </Iterate>
          </Container>
        </Iterate>
      </Layout>
    </Layout>
  </View>
</NexusPanel>
`,
}
