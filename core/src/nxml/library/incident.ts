import type { LibraryPanel } from './library-panel.ts'

export const incident: LibraryPanel = {
  id: 'incident',
  title: 'Incident log',
  description: 'A timeline for an incident: everyone writes, the newest entry stays in sight.',
  icon: 'siren',
  accent: 'red',
  tags: ['operations', 'log'],
  source: `<NexusPanel id="incident" title="Incident log" version="1.0.0" icon="siren" accent="red" tags="operations, log"
            description="A timeline for an incident: everyone writes, the newest entry stays in sight.">
  <Data>
    <State name="subject" type="string" default="Untitled incident" />
    <State name="phase" type="string" default="open" description="open, investigating, mitigated, resolved" />
    <State name="openedAt" type="number" />
    <State name="resolvedAt" type="number" />
    <State name="entries" type="list" description="Items: id, timestamp, level, message" />
    <State name="affected" type="counter" description="Reports from customers" />
    <State name="draft" type="string" scope="local" />
    <State name="level" type="string" default="info" scope="local" />
    <Computed name="errorCount" value="$state.entries.filter(e => e.level === 'error').length" />
    <Computed name="minutesToResolve" value="$state.resolvedAt > 0 &amp;&amp; $state.openedAt > 0 ? Math.round(($state.resolvedAt - $state.openedAt) / 60000) : 0" />
    <Computed name="phaseStatus" value="$state.phase === 'resolved' ? 'success' : $state.phase === 'mitigated' ? 'info' : $state.phase === 'investigating' ? 'warn' : 'error'" />
  </Data>

  <Logic>
    <Tool name="write" description="Add an entry to the incident timeline">
      <Arg name="message" type="string" />
      <Arg name="level" type="string" default="info" description="debug, info, warn or error" />
      <Handler>
        const message = $args.message.trim();
        if (!message) return;
        const timestamp = Date.now();
        if ($state.openedAt === 0) $state.openedAt = timestamp;
        const level = ['debug', 'info', 'warn', 'error'].includes($args.level) ? $args.level : 'info';
        $state.entries.push({ id: 'e' + timestamp.toString(36) + Math.random().toString(36).slice(2, 6), timestamp, level, message });
        if ($state.entries.length > 2000) $state.entries.splice(0, $state.entries.length - 2000);
        $state.draft = '';
        $view.getElementById('timeline').call('scrollToBottom');
        $view.getElementById('message').call('focus');
      </Handler>
    </Tool>

    <Tool name="setPhase" description="Set the phase: open, investigating, mitigated, resolved">
      <Arg name="phase" type="string" />
      <Handler>
        const phases = ['open', 'investigating', 'mitigated', 'resolved'];
        if (!phases.includes($args.phase)) throw new Error('Unknown phase ' + $args.phase);
        if ($state.phase === $args.phase) return;
        const timestamp = Date.now();
        if ($state.openedAt === 0) $state.openedAt = timestamp;
        $state.phase = $args.phase;
        $state.resolvedAt = $args.phase === 'resolved' ? timestamp : 0;
        $state.entries.push({ id: 'e' + timestamp.toString(36) + Math.random().toString(36).slice(2, 6), timestamp, level: 'info', message: 'Phase: ' + $args.phase });
        $emit('incident.phase', { phase: $args.phase });
      </Handler>
    </Tool>

    <Tool name="report" description="Count one more customer report">
      <Handler>
        $state.affected++;
      </Handler>
    </Tool>

    <Tool name="setLevel" description="Level for the caller's next entry">
      <Arg name="level" type="string" />
      <Handler>
        $state.level = $args.level;
      </Handler>
    </Tool>

    <Tool name="onlyErrors" description="Filter the timeline on the caller's screen">
      <Arg name="on" type="boolean" />
      <Handler>
        const timeline = $view.getElementById('timeline');
        timeline.setProp('filter', $args.on ? 'error' : undefined);
      </Handler>
    </Tool>
  </Logic>

  <View>
    <Layout strategy="stack" gap="md">
      <Input bind="$state.subject" label="Incident" />
      <Layout strategy="auto">
        <StatusBadge label="{$state.phase}" status="{$state.phaseStatus}" />
        <Metric label="Errors logged" value="{$state.errorCount}" />
        <Metric label="Customer reports" value="{$state.affected}" trigger="report" />
        <If condition="{$state.minutesToResolve > 0}">
          <Metric label="Resolved after" value="{$state.minutesToResolve}" unit="min" />
        </If>
      </Layout>
      <Layout strategy="row" gap="sm">
        <Button label="Investigating" variant="secondary" trigger="setPhase" args="['investigating']" disabled="{$state.phase === 'investigating'}" />
        <Button label="Mitigated" variant="secondary" trigger="setPhase" args="['mitigated']" disabled="{$state.phase === 'mitigated'}" />
        <Button label="Resolved" trigger="setPhase" args="['resolved']" disabled="{$state.phase === 'resolved'}" />
        <Button label="Reopen" variant="ghost" trigger="setPhase" args="['open']" disabled="{$state.phase === 'open'}" />
      </Layout>
      <LogStream id="timeline" data="{$state.entries}" height="320" autoScroll="true" />
      <Layout strategy="row" gap="sm">
        <Button label="errors only" variant="ghost" trigger="onlyErrors" args="[true]" />
        <Button label="show all" variant="ghost" trigger="onlyErrors" args="[false]" />
      </Layout>
      <Layout strategy="row" gap="sm">
        <Iterate items="{['info', 'warn', 'error']}" as="lvl">
          <Button label="{$scope.lvl}" trigger="setLevel" args="[$scope.lvl]" variant="{$state.level === $scope.lvl ? 'primary' : 'ghost'}" />
        </Iterate>
        <Input id="message" bind="$state.draft" placeholder="What happened?" trigger="write" args="{ message: $state.draft, level: $state.level }" />
        <Button label="Log" trigger="write" args="{ message: $state.draft, level: $state.level }" />
      </Layout>
    </Layout>
  </View>
</NexusPanel>
`,
}
