import type { LibraryPanel } from './library-panel.ts'

export const agenda: LibraryPanel = {
  id: 'agenda',
  title: 'Meeting agenda',
  description:
    'Topics with owners and minutes, a pointer to the current topic, and minutes written together.',
  icon: 'calendar',
  accent: 'orange',
  tags: ['meeting', 'planning'],
  source: `<NexusPanel id="agenda" title="Meeting agenda" version="1.0.0" icon="calendar" accent="orange" tags="meeting, planning"
            description="Topics with owners and minutes, a pointer to the current topic, and minutes written together.">
  <Data>
    <State name="title" type="string" default="Weekly meeting" />
    <State name="topics" type="list" description="Items: id, title, owner, minutes, rank, done" />
    <State name="currentId" type="string" description="Topic being discussed; empty before the start" />
    <State name="startedAt" type="number" description="ms since 1970; 0 before the start" />
    <State name="minutes" type="text" default="Present:&#10;&#10;Decisions:&#10;" />
    <State name="draft" type="object" default='{"title":"","owner":"","minutes":5}' scope="local" />
    <Computed name="ordered" value="$state.topics.toSorted((a, b) => a.rank - b.rank || a.id.localeCompare(b.id))" />
    <Computed name="planned" value="$state.topics.reduce((s, t) => s + t.minutes, 0)" />
    <Computed name="remaining" value="$state.topics.filter(t => !t.done).reduce((s, t) => s + t.minutes, 0)" />
    <Computed name="current" value="$state.topics.find(t => t.id === $state.currentId) ?? { title: 'not started', owner: '' }" />
  </Data>

  <Logic>
    <Tool name="addTopic" description="Add a topic at the end of the agenda">
      <Arg name="title" type="string" />
      <Arg name="owner" type="string" default="" />
      <Arg name="minutes" type="number" default="5" />
      <Handler>
        const title = $args.title.trim();
        if (!title) return null;
        const id = 'a' + Date.now().toString(36) + Math.random().toString(36).slice(2, 6);
        const rank = Math.max(0, ...$state.topics.map(t => t.rank)) + 1;
        $state.topics.push({ id, title, owner: $args.owner, minutes: Math.max(1, $args.minutes), rank, done: false });
        $state.draft = { title: '', owner: $state.draft.owner, minutes: 5 };
        return id;
      </Handler>
    </Tool>

    <Tool name="raiseTopic" description="Move a topic one place up">
      <Arg name="id" type="string" />
      <Handler>
        const list = $state.ordered;
        const i = list.findIndex(t => t.id === $args.id);
        if (i < 1) return;
        const topic = $state.topics.find(t => t.id === $args.id);
        topic.rank = i === 1 ? list[0].rank - 1 : (list[i - 2].rank + list[i - 1].rank) / 2;
      </Handler>
    </Tool>

    <Tool name="next" description="Finish the current topic and go to the next one">
      <Handler>
        const now = $state.topics.find(t => t.id === $state.currentId);
        if (now) now.done = true;
        if ($state.startedAt === 0) $state.startedAt = Date.now();
        const next = $state.ordered.find(t => !t.done);
        $state.currentId = next ? next.id : '';
        $state.minutes += '\\n' + (next ? '## ' + next.title : 'End of the meeting') + '\\n';
        if (!next) $emit('toast', { message: 'That was the last topic', level: 'success' });
        return next ? next.title : null;
      </Handler>
    </Tool>

    <Tool name="removeTopic" description="Delete a topic">
      <Arg name="id" type="string" />
      <Handler>
        $state.topics = $state.topics.filter(t => t.id !== $args.id);
        if ($state.currentId === $args.id) $state.currentId = '';
      </Handler>
    </Tool>

    <Tool name="restart" description="Start over with all topics open">
      <Handler>
        for (const topic of $state.topics) topic.done = false;
        $state.currentId = '';
        $state.startedAt = 0;
      </Handler>
    </Tool>
  </Logic>

  <View>
    <Layout strategy="stack" gap="md">
      <Input bind="$state.title" label="Meeting" />
      <Layout strategy="auto">
        <Metric label="Now" value="{$state.current.title}" />
        <Metric label="Planned" value="{$state.planned}" unit="min" />
        <Metric label="Remaining" value="{$state.remaining}" unit="min" trend="down" />
        <Action label="{$state.currentId === '' ? 'Start' : 'Next topic'}" trigger="next" disabled="{$state.remaining === 0}" />
      </Layout>
      <If condition="{$state.startedAt > 0}">
        <Text content="Started at {new Date($state.startedAt).toLocaleTimeString()}" variant="caption" />
      </If>
      <Container title="Topics" variant="panel">
        <Iterate items="{$state.ordered}" as="topic" key="id">
          <Layout strategy="row" gap="sm">
            <Switch bind="$scope.topic.done" label="done" />
            <Input bind="$scope.topic.title" />
            <Input bind="$scope.topic.owner" placeholder="Owner" />
            <Input bind="$scope.topic.minutes" inputType="number" />
            <If condition="{$scope.topic.id === $state.currentId}">
              <StatusBadge label="now" status="success" />
            </If>
            <Button label="↑" variant="ghost" trigger="raiseTopic" args="[$scope.topic.id]" disabled="{$scope.topicIndex === 0}" />
            <Button label="✕" variant="ghost" trigger="removeTopic" args="[$scope.topic.id]" />
          </Layout>
        </Iterate>
        <Layout strategy="row" gap="sm">
          <Input bind="$state.draft.title" placeholder="New topic…" trigger="addTopic" args="{ title: $state.draft.title, owner: $state.draft.owner, minutes: $state.draft.minutes }" />
          <Input bind="$state.draft.owner" placeholder="Owner" />
          <Input bind="$state.draft.minutes" inputType="number" />
          <Button label="Add" trigger="addTopic" args="{ title: $state.draft.title, owner: $state.draft.owner, minutes: $state.draft.minutes }" />
        </Layout>
      </Container>
      <Container title="Minutes" variant="card">
        <Input bind="$state.minutes" label="Minutes" rows="10" />
      </Container>
      <Button label="Start over" variant="ghost" trigger="restart" />
    </Layout>
  </View>
</NexusPanel>
`,
}
