import type { LibraryPanel } from './library-panel.ts'

export const metrics: LibraryPanel = {
  id: 'metrics',
  title: 'Service metrics',
  description: 'Key figures of a service over time; filled by hand, by an agent or from a URL.',
  icon: 'activity',
  accent: 'cyan',
  tags: ['dashboard', 'operations'],
  source: `<NexusPanel id="metrics" title="Service metrics" version="1.0.0" icon="activity" accent="cyan" tags="dashboard, operations"
            description="Key figures of a service over time; filled by hand, by an agent or from a URL.">
  <Data>
    <State name="service" type="string" default="checkout" />
    <State name="endpoint" type="string" description="URL that answers with requests, errors and latencyMs as JSON" />
    <State name="samples" type="list" description="Items: id, at (ms), label, requests, errors, latencyMs" />
    <State name="maxErrorRate" type="number" default="2" description="Alarm threshold in percent" />
    <State name="loading" type="boolean" />
    <State name="chartType" type="string" default="line" scope="local" />
    <Computed name="recent" value="$state.samples.slice(-30)" />
    <Computed name="last" value="$state.samples.at(-1) ?? { requests: 0, errors: 0, latencyMs: 0 }" />
    <Computed name="previous" value="$state.samples.at(-2) ?? $state.last" />
    <Computed name="errorRate" value="$state.last.requests === 0 ? 0 : Math.round(1000 * $state.last.errors / $state.last.requests) / 10" />
    <Computed name="meanLatency" value="$state.recent.length === 0 ? 0 : Math.round($state.recent.reduce((s, x) => s + x.latencyMs, 0) / $state.recent.length)" />
    <Computed name="health" value="$state.samples.length === 0 ? 'info' : $state.errorRate > $state.maxErrorRate ? 'error' : $state.errorRate > $state.maxErrorRate / 2 ? 'warn' : 'success'" />
  </Data>

  <Logic>
    <Extension name="nexus.http" alias="http" />

    <Lifecycle on="mount">
      <Handler>
        $state.loading = false;
        $log.info('metrics of', $state.service, 'with', $state.samples.length, 'samples');
      </Handler>
    </Lifecycle>

    <Tool name="addSample" description="Record one measurement">
      <Arg name="requests" type="number" />
      <Arg name="errors" type="number" default="0" />
      <Arg name="latencyMs" type="number" default="0" />
      <Handler>
        const at = Date.now();
        const id = 's' + at.toString(36) + Math.random().toString(36).slice(2, 6);
        $state.samples.push({ id, at, label: new Date(at).toISOString().slice(11, 16), requests: $args.requests, errors: $args.errors, latencyMs: $args.latencyMs });
        if ($state.samples.length > 500) $state.samples.splice(0, $state.samples.length - 500);
      </Handler>
    </Tool>

    <Tool name="refresh" description="Fetch a measurement from the configured URL">
      <Handler timeoutMs="10000">
        if (!$state.endpoint) throw new Error('No URL is configured');
        $state.loading = true;
        try {
          const res = await $ext.http.get($state.endpoint, { timeout: 8000 });
          if (!res.ok) throw new Error('HTTP ' + res.status);
          const at = Date.now();
          const id = 's' + at.toString(36) + Math.random().toString(36).slice(2, 6);
          $state.samples.push({
            id, at, label: new Date(at).toISOString().slice(11, 16),
            requests: Number(res.data.requests) || 0,
            errors: Number(res.data.errors) || 0,
            latencyMs: Number(res.data.latencyMs) || 0
          });
          $emit('toast', { message: 'Measurement added', level: 'success' });
        } catch (e) {
          $log.error('refresh failed:', e.message);
          $emit('toast', { message: 'Refresh failed: ' + e.message, level: 'error' });
        } finally {
          $state.loading = false;
        }
      </Handler>
    </Tool>

    <Tool name="setChartType" description="Choose line, area or bar on the caller's screen">
      <Arg name="kind" type="string" />
      <Handler>
        if (['line', 'area', 'bar'].includes($args.kind)) $state.chartType = $args.kind;
      </Handler>
    </Tool>
  </Logic>

  <View>
    <Layout strategy="stack" gap="md">
      <Layout strategy="row" gap="sm" justify="between">
        <Text content="{$state.service}" variant="h2" />
        <StatusBadge label="Errors" value="{$state.errorRate}%" status="{$state.health}" />
        <Action label="{$state.loading ? 'Loading…' : 'Refresh'}" trigger="refresh" disabled="{$state.loading || $state.endpoint === ''}" />
      </Layout>
      <Layout strategy="auto">
        <Metric label="Requests" value="{$state.last.requests}" trend="{$state.last.requests > $state.previous.requests ? 'up' : $state.last.requests < $state.previous.requests ? 'down' : 'flat'}" />
        <Metric label="Error rate" value="{$state.errorRate}" unit="%" />
        <Metric label="Mean latency" value="{$state.meanLatency}" unit="ms" />
        <Metric label="Samples" value="{$state.samples.length}" />
        <Chart type="{$state.chartType}" data="{$state.recent}" xKey="label" yKey="requests" height="220" />
        <Chart type="bar" data="{$state.recent}" xKey="label" yKey="latencyMs" height="220" />
      </Layout>
      <Layout strategy="row" gap="sm">
        <Button label="Line" variant="ghost" trigger="setChartType" args="['line']" />
        <Button label="Area" variant="ghost" trigger="setChartType" args="['area']" />
        <Button label="Bar" variant="ghost" trigger="setChartType" args="['bar']" />
      </Layout>
      <Container title="Settings" variant="section">
        <Layout strategy="auto">
          <Input bind="$state.service" label="Service" />
          <Input bind="$state.endpoint" label="URL" placeholder="https://…" />
          <Input bind="$state.maxErrorRate" label="Alarm above (%)" inputType="number" />
        </Layout>
      </Container>
    </Layout>
  </View>
</NexusPanel>
`,
}
