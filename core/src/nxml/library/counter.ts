import type { LibraryPanel } from './library-panel.ts'

export const counter: LibraryPanel = {
  id: 'counter',
  title: 'Counter',
  description: 'Counts together: simultaneous presses all count.',
  icon: 'plus-circle',
  accent: 'rose',
  tags: ['tally'],
  source: `<NexusPanel id="counter" title="Counter" version="1.0.0" icon="plus-circle" accent="rose" tags="tally"
            description="Counts together: simultaneous presses all count.">
  <Data>
    <State name="what" type="string" default="Visitors" />
    <State name="total" type="counter" default="0" />
    <State name="goal" type="number" default="100" />
    <Computed name="label" value="$state.total >= $state.goal &amp;&amp; $state.goal > 0 ? 'Goal reached' : String($state.goal - $state.total) + ' to go'" />
  </Data>

  <Logic>
    <Tool name="add" description="Add a whole number, which may be negative">
      <Arg name="by" type="number" default="1" />
      <Handler>
        $state.total += Math.round($args.by);
        if ($state.total === $state.goal) $emit('toast', { message: 'Goal reached', level: 'success' });
        return $state.total;
      </Handler>
    </Tool>

    <Tool name="reset" description="Set the counter back to zero">
      <Handler>
        $state.total = 0;
      </Handler>
    </Tool>
  </Logic>

  <View>
    <Layout strategy="stack" gap="md">
      <Layout strategy="auto">
        <Input bind="$state.what" label="What do we count?" />
        <Input bind="$state.goal" label="Goal" inputType="number" />
      </Layout>
      <Metric label="{$state.what}" value="{$state.total}" trend="{$state.total >= $state.goal ? 'up' : 'flat'}" />
      <Text content="{$state.label}" variant="caption" />
      <Layout strategy="row" gap="sm">
        <Button label="+1" trigger="add" />
        <Button label="+10" trigger="add" args="[10]" variant="secondary" />
        <Button label="−1" trigger="add" args="{ by: -1 }" variant="secondary" />
        <Action label="Reset" trigger="reset" variant="danger" />
      </Layout>
    </Layout>
  </View>
</NexusPanel>
`,
}
