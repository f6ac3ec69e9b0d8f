import type { LibraryPanel } from './library-panel.ts'

export const budget: LibraryPanel = {
  id: 'budget',
  title: 'Project budget',
  description: 'Planned and actual costs by category, with totals.',
  icon: 'wallet',
  accent: 'green',
  tags: ['finance', 'table'],
  source: `<NexusPanel id="budget" title="Project budget" version="1.0.0" icon="wallet" accent="green" tags="finance, table"
            description="Planned and actual costs by category, with totals.">
  <Data>
    <State name="currency" type="string" default="EUR" />
    <State name="ceiling" type="number" default="10000" description="Approved total" />
    <State name="lines" type="list" default='[{"id":"l1","label":"Hosting","category":"Operations","planned":1200,"actual":0},{"id":"l2","label":"Design","category":"People","planned":3000,"actual":0}]' description="Items: id, label, category, planned, actual" />
    <State name="form" type="object" default='{"label":"","category":"","planned":0}' scope="local" />
    <Computed name="plannedTotal" value="$state.lines.reduce((s, l) => s + l.planned, 0)" />
    <Computed name="actualTotal" value="$state.lines.reduce((s, l) => s + l.actual, 0)" />
    <Computed name="available" value="$state.ceiling - $state.actualTotal" />
    <Computed name="percentUsed" value="$state.ceiling === 0 ? 0 : Math.round(1000 * $state.actualTotal / $state.ceiling) / 10" />
    <Computed name="byCategory" value="Object.entries($state.lines.reduce((acc, l) => ({ ...acc, [l.category || 'Other']: (acc[l.category || 'Other'] ?? 0) + l.planned }), {})).map(e => ({ category: e[0], planned: e[1] }))" />
    <Computed name="overruns" value="$state.lines.filter(l => l.actual > l.planned).map(l => l.label)" />
  </Data>

  <Logic>
    <Tool name="addLine" description="Add a budget line">
      <Arg name="label" type="string" />
      <Arg name="category" type="string" default="Other" />
      <Arg name="planned" type="number" default="0" />
      <Handler>
        const label = $args.label.trim();
        if (!label) return null;
        const id = 'l' + Date.now().toString(36) + Math.random().toString(36).slice(2, 6);
        $state.lines.push({ id, label, category: $args.category.trim() || 'Other', planned: $args.planned, actual: 0 });
        $state.form = { label: '', category: $state.form.category, planned: 0 };
        return id;
      </Handler>
    </Tool>

    <Tool name="book" description="Add an amount to the actual costs of a line">
      <Arg name="id" type="string" />
      <Arg name="amount" type="number" />
      <Handler>
        const line = $state.lines.find(l => l.id === $args.id);
        if (!line) throw new Error('There is no such line');
        line.actual = Math.round((line.actual + $args.amount) * 100) / 100;
        if ($state.actualTotal > $state.ceiling) $emit('toast', { message: 'The budget is exceeded', level: 'error' });
        return { actual: line.actual, available: $state.available };
      </Handler>
    </Tool>

    <Tool name="removeLine" description="Delete a budget line">
      <Arg name="id" type="string" />
      <Handler>
        $state.lines = $state.lines.filter(l => l.id !== $args.id);
      </Handler>
    </Tool>
  </Logic>

  <View>
    <Layout strategy="stack" gap="md">
      <Layout strategy="auto">
        <Metric label="Planned" value="{$state.plannedTotal.toLocaleString()}" unit="{$state.currency}" trend="{$state.plannedTotal > $state.ceiling ? 'up' : 'flat'}" />
        <Metric label="Spent" value="{$state.actualTotal.toLocaleString()}" unit="{$state.currency}" />
        <Metric label="Available" value="{$state.available.toLocaleString()}" unit="{$state.currency}" trend="{$state.available >= 0 ? 'up' : 'down'}" />
        <StatusBadge label="{$state.percentUsed}% used" status="{$state.percentUsed > 100 ? 'error' : $state.percentUsed > 80 ? 'warn' : 'success'}" />
      </Layout>
      <If condition="{$state.overruns.length > 0}">
        <StatusBadge label="Over plan" value="{$state.overruns.join(', ')}" status="warn" />
      </If>
      <Container title="Lines" variant="card">
        <Iterate items="{$state.lines}" as="line" key="id">
          <Layout strategy="row" gap="sm">
            <Input bind="$scope.line.label" />
            <Input bind="$scope.line.category" placeholder="Category" />
            <Input bind="$scope.line.planned" inputType="number" />
            <Input bind="$scope.line.actual" inputType="number" />
            <Text content="{($scope.line.planned - $scope.line.actual).toFixed(2)}" variant="code" />
            <Button label="+100" variant="ghost" trigger="book" args="{ id: $scope.line.id, amount: 100 }" />
            <Button label="✕" variant="ghost" trigger="removeLine" args="[$scope.line.id]" />
          </Layout>
        </Iterate>
        <Layout strategy="row" gap="sm">
          <Input bind="$state.form.label" placeholder="New line…" />
          <Input bind="$state.form.category" placeholder="Category" />
          <Input bind="$state.form.planned" inputType="number" />
          <Button label="Add" trigger="addLine" args="[$state.form.label, $state.form.category, $state.form.planned]" />
        </Layout>
      </Container>
      <Layout strategy="auto">
        <Chart type="pie" data="{$state.byCategory}" xKey="category" yKey="planned" height="260" />
        <Chart type="bar" data="{$state.lines}" xKey="label" yKey="actual" height="260" />
        <Input bind="$state.ceiling" label="Approved total" inputType="number" />
        <Input bind="$state.currency" label="Currency" />
      </Layout>
    </Layout>
  </View>
</NexusPanel>
`,
}
