import type { LibraryPanel } from './library-panel.ts'

export const notes: LibraryPanel = {
  id: 'notes',
  title: 'Team notes',
  description: 'One shared page for longer writing, and short notes that can be pinned.',
  icon: 'sticky-note',
  accent: 'amber',
  tags: ['notes', 'writing'],
  source: `<NexusPanel id="notes" title="Team notes" version="1.0.0" icon="sticky-note" accent="amber"
            description="One shared page for longer writing, and short notes that can be pinned." tags="notes, writing">
  <Data>
    <State name="page" type="text" default="Agenda&#10;- &#10;&#10;Decisions&#10;- " description="Shared page; everyone types at once" />
    <State name="notes" type="list" default="[]" description="Items: id, body, pinned, createdAt" />
    <State name="draft" type="string" scope="local" />
    <State name="query" type="string" scope="local" />
    <Computed name="noteCount" value="$state.notes.length" />
    <Computed name="pinnedCount" value="$state.notes.filter(n => n.pinned).length" />
    <Computed name="wordCount" value="$state.page.split(' ').join('\\n').split('\\n').filter(w => w !== '' &amp;&amp; w !== '-').length" />
  </Data>

  <Logic>
    <Tool name="addNote" description="Add a short note">
      <Arg name="body" type="string" description="Text of the note" />
      <Handler>
        const body = $args.body.trim();
        if (body === '') {
          $emit('toast', { message: 'The note is empty', level: 'warn' });
          return { added: false };
        }
        const id = 'n' + Date.now().toString(36) + Math.random().toString(36).slice(2, 6);
        $state.notes.unshift({ id, body, pinned: false, createdAt: Date.now() });
        $state.draft = '';
        return { added: true, id };
      </Handler>
    </Tool>

    <Tool name="togglePin" description="Pin or unpin a note">
      <Arg name="id" type="string" />
      <Handler>
        const note = $state.notes.find(n => n.id === $args.id);
        if (!note) throw new Error('There is no such note');
        note.pinned = !note.pinned;
      </Handler>
    </Tool>

    <Tool name="removeNote" description="Delete a note">
      <Arg name="id" type="string" />
      <Handler>
        $state.notes = $state.notes.filter(n => n.id !== $args.id);
      </Handler>
    </Tool>

    <Tool name="appendToPage" description="Append one line to the shared page">
      <Arg name="line" type="string" />
      <Handler>
        $state.page += ($state.page.endsWith('\\n') || $state.page === '' ? '' : '\\n') + $args.line;
      </Handler>
    </Tool>
  </Logic>

  <View>
    <Layout strategy="stack" gap="lg">
      <Container title="Shared page" variant="card">
        <Input bind="$state.page" label="Shared page" rows="12" placeholder="Write together…" />
        <Text content="{$state.wordCount} words" variant="caption" />
      </Container>
      <Container title="Notes" variant="panel">
        <Layout strategy="row" gap="sm">
          <Input bind="$state.draft" placeholder="Quick note…" trigger="addNote" args="{ body: $state.draft }" />
          <Button label="Add" trigger="addNote" args="{ body: $state.draft }" disabled="{$state.draft.trim() === ''}" />
        </Layout>
        <Layout strategy="row" gap="sm">
          <Input bind="$state.query" placeholder="Search notes…" />
          <Text content="{$state.noteCount} notes, {$state.pinnedCount} pinned" variant="caption" />
        </Layout>
        <Iterate items="{$state.notes.filter(n => n.body.toLowerCase().includes($state.query.toLowerCase())).sort((a, b) => Number(b.pinned) - Number(a.pinned))}" as="note" key="id">
          <Container variant="card">
            <Text content="{$scope.note.body}" />
            <Layout strategy="row" gap="sm" justify="between">
              <Text content="{new Date($scope.note.createdAt).toLocaleString()}" variant="caption" />
              <If condition="{$scope.note.pinned}">
                <StatusBadge label="pinned" status="info" />
              </If>
              <Button label="{$scope.note.pinned ? 'Unpin' : 'Pin'}" variant="ghost" trigger="togglePin" args="[$scope.note.id]" />
              <Button label="Delete" variant="danger" trigger="removeNote" args="[$scope.note.id]" />
            </Layout>
          </Container>
        </Iterate>
        <If condition="{$state.notes.length === 0}">
          <Text content="No notes yet." variant="caption" />
        </If>
      </Container>
    </Layout>
  </View>
</NexusPanel>
`,
}
