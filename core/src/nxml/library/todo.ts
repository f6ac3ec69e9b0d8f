import type { LibraryPanel } from './library-panel.ts'

export const todo: LibraryPanel = {
  id: 'todo',
  title: 'Todo list',
  description: 'Shared tasks with priority and progress.',
  icon: 'check-square',
  accent: 'violet',
  tags: ['tasks', 'planning'],
  source: `<NexusPanel id="todo" title="Todo list" version="1.0.0" icon="check-square" accent="violet" tags="tasks, planning"
            description="Shared tasks with priority and progress.">
  <Data>
    <State name="tasks" type="list" default="[]" description="Items: id, title, done, priority (1 high to 3 low)" />
    <State name="finished" type="counter" description="Tasks completed since the panel was created" />
    <State name="draft" type="string" scope="local" />
    <State name="show" type="string" default="open" scope="local" description="open, done or all" />
    <Computed name="openCount" value="$state.tasks.filter(t => !t.done).length" />
    <Computed name="percentDone" value="$state.tasks.length === 0 ? 0 : Math.round(100 * ($state.tasks.length - $state.openCount) / $state.tasks.length)" />
  </Data>

  <Logic>
    <Tool name="addTask" description="Add a task to the list">
      <Arg name="title" type="string" description="What has to be done" />
      <Arg name="priority" type="number" default="2" description="1 high, 2 normal, 3 low" />
      <Handler>
        const title = $args.title.trim();
        if (!title) return { added: false, reason: 'empty title' };
        const id = 't' + Date.now().toString(36) + Math.random().toString(36).slice(2, 6);
        const priority = Math.min(3, Math.max(1, Math.round($args.priority)));
        $state.tasks.push({ id, title, done: false, priority });
        $state.draft = '';
        return { added: true, id };
      </Handler>
    </Tool>

    <Tool name="setDone" description="Mark a task as done or open">
      <Arg name="id" type="string" />
      <Arg name="done" type="boolean" default="true" />
      <Handler>
        const task = $state.tasks.find(t => t.id === $args.id);
        if (!task) throw new Error('There is no such task');
        if ($args.done && !task.done) $state.finished++;
        task.done = $args.done;
      </Handler>
    </Tool>

    <Tool name="removeTask" description="Delete a task">
      <Arg name="id" type="string" />
      <Handler>
        $state.tasks = $state.tasks.filter(t => t.id !== $args.id);
      </Handler>
    </Tool>

    <Tool name="clearDone" description="Delete all completed tasks">
      <Handler>
        const before = $state.tasks.length;
        $state.tasks = $state.tasks.filter(t => !t.done);
        const removed = before - $state.tasks.length;
        $emit('toast', { message: removed + ' removed', level: 'success' });
        return { removed };
      </Handler>
    </Tool>

    <Tool name="setShow" description="Choose which tasks are listed on the caller's screen">
      <Arg name="what" type="string" />
      <Handler>
        $state.show = $args.what;
      </Handler>
    </Tool>
  </Logic>

  <View>
    <Layout strategy="stack" gap="md">
      <Layout strategy="auto">
        <Metric label="Open" value="{$state.openCount}" />
        <Metric label="Progress" value="{$state.percentDone}" unit="%" trend="{$state.percentDone === 100 ? 'up' : 'flat'}" />
        <Metric label="Completed so far" value="{$state.finished}" />
      </Layout>
      <Layout strategy="row" gap="sm">
        <Input bind="$state.draft" placeholder="New task…" trigger="addTask" args="{ title: $state.draft }" />
        <Button label="Add" trigger="addTask" args="{ title: $state.draft }" disabled="{!$state.draft.trim()}" />
        <Button label="Urgent" variant="danger" trigger="addTask" args="[$state.draft, 1]" disabled="{!$state.draft.trim()}" />
      </Layout>
      <Layout strategy="row" gap="sm">
        <Button label="Open" trigger="setShow" args="['open']" variant="{$state.show === 'open' ? 'primary' : 'ghost'}" />
        <Button label="Done" trigger="setShow" args="['done']" variant="{$state.show === 'done' ? 'primary' : 'ghost'}" />
        <Button label="All" trigger="setShow" args="['all']" variant="{$state.show === 'all' ? 'primary' : 'ghost'}" />
      </Layout>
      <Iterate items="{$state.tasks.filter(t => $state.show === 'all' || t.done === ($state.show === 'done')).sort((a, b) => a.priority - b.priority)}" as="task" key="id">
        <Layout strategy="row" gap="sm" align="center">
          <Button label="{$scope.task.done ? '☑' : '☐'}" variant="ghost" trigger="setDone" args="{ id: $scope.task.id, done: !$scope.task.done }" />
          <Input bind="$scope.task.title" placeholder="Title" disabled="{$scope.task.done}" />
          <StatusBadge label="{['', 'high', 'normal', 'low'][$scope.task.priority]}" status="{['info', 'error', 'info', 'success'][$scope.task.priority]}" />
          <Button label="Delete" variant="ghost" trigger="removeTask" args="[$scope.task.id]" />
        </Layout>
      </Iterate>
      <If condition="{$state.openCount < $state.tasks.length}">
        <Button label="Clear completed" variant="secondary" trigger="clearDone" />
      </If>
    </Layout>
  </View>
</NexusPanel>
`,
}
