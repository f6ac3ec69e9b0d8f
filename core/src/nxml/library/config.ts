import type { LibraryPanel } from './library-panel.ts'

export const config: LibraryPanel = {
  id: 'config',
  title: 'Site settings',
  description: 'A settings form with checks; changes take effect only when saved.',
  icon: 'settings',
  accent: 'slate',
  tags: ['form', 'settings'],
  source: `<NexusPanel id="config" title="Site settings" version="1.0.0" icon="settings" accent="slate" tags="form, settings"
            description="A settings form with checks; changes take effect only when saved.">
  <Data>
    <State name="edit" type="object" default='{"siteName":"My site","contact":"","maxUsers":50,"theme":"light","signup":true,"notify":{"email":true,"chat":false}}' description="Values being edited" />
    <State name="saved" type="object" default='{"siteName":"My site","contact":"","maxUsers":50,"theme":"light","signup":true,"notify":{"email":true,"chat":false}}' description="Values in effect" />
    <State name="savedAt" type="number" />
    <State name="revision" type="counter" />
    <Computed name="problems" value="[$state.edit.siteName.trim() === '' ? 'The site needs a name' : '', !$state.edit.contact.includes('@') ? 'The contact must be an e-mail address' : '', $state.edit.maxUsers < 1 || $state.edit.maxUsers > 10000 ? 'Users must be between 1 and 10000' : ''].filter(p => p !== '')" />
    <Computed name="dirty" value="JSON.stringify($state.edit) !== JSON.stringify($state.saved)" />
  </Data>

  <Logic>
    <Tool name="save" description="Put the edited values into effect">
      <Handler>
        if ($state.problems.length > 0) throw new Error($state.problems.join('; '));
        $state.saved = $state.edit;
        $state.savedAt = Date.now();
        $state.revision++;
        $emit('config.saved', { revision: $state.revision });
        $emit('toast', { message: 'Saved', level: 'success' });
        return $state.saved;
      </Handler>
    </Tool>

    <Tool name="revert" description="Discard unsaved changes">
      <Handler>
        $state.edit = $state.saved;
      </Handler>
    </Tool>

    <Tool name="setTheme" description="Choose light, dark or system">
      <Arg name="theme" type="string" />
      <Handler>
        if (!['light', 'dark', 'system'].includes($args.theme)) throw new Error('Unknown theme ' + $args.theme);
        $state.edit.theme = $args.theme;
      </Handler>
    </Tool>
  </Logic>

  <View>
    <Layout strategy="stack" gap="lg">
      <Container title="General" variant="card">
        <Layout strategy="auto">
          <Input bind="$state.edit.siteName" label="Site name" />
          <Input bind="$state.edit.contact" label="Contact" inputType="email" placeholder="name@example.org" />
          <Input bind="$state.edit.maxUsers" label="Maximum users" inputType="number" />
        </Layout>
        <Layout strategy="row" gap="sm">
          <Text variant="caption">Theme: {$state.edit.theme}</Text>
          <Iterate items="{['light', 'dark', 'system']}" as="t">
            <Button label="{$scope.t}" trigger="setTheme" args="[$scope.t]" variant="{$state.edit.theme === $scope.t ? 'primary' : 'secondary'}" />
          </Iterate>
        </Layout>
      </Container>
      <Container title="Access and notices" variant="card">
        <Layout strategy="auto">
          <Switch bind="$state.edit.signup" label="Open sign-up" />
          <Switch bind="$state.edit.notify.email" label="Notify by e-mail" />
          <Switch bind="$state.edit.notify.chat" label="Notify in chat" />
        </Layout>
      </Container>
      <Iterate items="{$state.problems}" as="problem">
        <StatusBadge label="{$scope.problem}" status="error" />
      </Iterate>
      <Layout strategy="row" gap="sm">
        <Action label="Save" trigger="save" disabled="{!$state.dirty || $state.problems.length > 0}" />
        <Action label="Revert" trigger="revert" variant="ghost" disabled="{!$state.dirty}" />
        <If condition="{$state.savedAt > 0}">
          <Text variant="caption">Revision {$state.revision}, saved {new Date($state.savedAt).toLocaleString()}</Text>
        </If>
      </Layout>
    </Layout>
  </View>
</NexusPanel>
`,
}
