import type { LibraryPanel } from './library-panel.ts'

export const crm: LibraryPanel = {
  id: 'crm',
  title: 'Contacts',
  description: 'A small customer list with stages and deal values.',
  icon: 'users',
  accent: 'indigo',
  tags: ['sales', 'contacts', 'table'],
  source: `<NexusPanel id="crm" title="Contacts" version="1.0.0" icon="users" accent="indigo" tags="sales, contacts, table"
            description="A small customer list with stages and deal values.">
  <Data>
    <State name="contacts" type="list" description="Items: id, name, company, email, stage, value, note" />
    <State name="stages" type="list" default='["lead","qualified","offer","won","lost"]' />
    <State name="currency" type="string" default="EUR" />
    <State name="search" type="string" scope="local" />
    <State name="stageFilter" type="string" scope="local" />
    <State name="selected" type="string" scope="local" description="Id of the row shown in detail" />
    <State name="form" type="object" default='{"name":"","company":"","email":""}' scope="local" />
    <Computed name="openValue" value="$state.contacts.filter(c => c.stage !== 'won' &amp;&amp; c.stage !== 'lost').reduce((s, c) => s + c.value, 0)" />
    <Computed name="wonValue" value="$state.contacts.filter(c => c.stage === 'won').reduce((s, c) => s + c.value, 0)" />
    <Computed name="byStage" value="$state.stages.map(s => ({ stage: s, count: $state.contacts.filter(c => c.stage === s).length }))" />
  </Data>

  <Logic>
    <Tool name="addContact" description="Add a contact as a lead">
      <Arg name="name" type="string" />
      <Arg name="company" type="string" default="" />
      <Arg name="email" type="string" default="" />
      <Arg name="value" type="number" default="0" description="Expected deal value" />
      <Handler>
        const name = $args.name.trim();
        if (!name) {
          $emit('toast', { message: 'A name is needed', level: 'warn' });
          return null;
        }
        const email = $args.email.trim().toLowerCase();
        if (email && $state.contacts.some(c => c.email === email)) throw new Error(email + ' is already listed');
        const id = 'p' + Date.now().toString(36) + Math.random().toString(36).slice(2, 6);
        $state.contacts.push({ id, name, company: $args.company.trim(), email, stage: 'lead', value: $args.value, note: '' });
        $state.form = { name: '', company: '', email: '' };
        $state.selected = id;
        return id;
      </Handler>
    </Tool>

    <Tool name="setStage" description="Move a contact to a stage: lead, qualified, offer, won, lost">
      <Arg name="id" type="string" />
      <Arg name="stage" type="string" />
      <Handler>
        const contact = $state.contacts.find(c => c.id === $args.id);
        if (!contact) throw new Error('There is no such contact');
        if (!$state.stages.includes($args.stage)) throw new Error('Unknown stage ' + $args.stage);
        contact.stage = $args.stage;
        if ($args.stage === 'won') $emit('toast', { message: contact.name + ' won', level: 'success' });
      </Handler>
    </Tool>

    <Tool name="removeContact" description="Delete a contact">
      <Arg name="id" type="string" />
      <Handler>
        $state.contacts = $state.contacts.filter(c => c.id !== $args.id);
        if ($state.selected === $args.id) $state.selected = '';
      </Handler>
    </Tool>

    <Tool name="select" description="Show the details of a contact on the caller's screen">
      <Arg name="id" type="string" default="" />
      <Handler>
        $state.selected = $state.selected === $args.id ? '' : $args.id;
      </Handler>
    </Tool>

    <Tool name="filterStage" description="List only one stage on the caller's screen; empty for all">
      <Arg name="stage" type="string" default="" />
      <Handler>
        $state.stageFilter = $args.stage;
      </Handler>
    </Tool>
  </Logic>

  <View>
    <Layout strategy="stack" gap="md">
      <Layout strategy="auto">
        <Metric label="Contacts" value="{$state.contacts.length}" />
        <Metric label="Open deals" value="{$state.openValue.toLocaleString()}" unit="{$state.currency}" />
        <Metric label="Won" value="{$state.wonValue.toLocaleString()}" unit="{$state.currency}" trend="up" />
      </Layout>
      <Container title="New contact" variant="section">
        <Layout strategy="row" gap="sm">
          <Input bind="$state.form.name" placeholder="Name" />
          <Input bind="$state.form.company" placeholder="Company" />
          <Input bind="$state.form.email" placeholder="E-mail" inputType="email" />
          <Button label="Add" trigger="addContact" args="{ name: $state.form.name, company: $state.form.company, email: $state.form.email }" />
        </Layout>
      </Container>
      <Layout strategy="row" gap="sm">
        <Input bind="$state.search" placeholder="Search name or company…" />
        <Button label="all" trigger="filterStage" variant="{$state.stageFilter === '' ? 'primary' : 'ghost'}" />
        <Iterate items="{$state.byStage}" as="s" key="stage">
          <Button label="{$scope.s.stage} ({$scope.s.count})" trigger="filterStage" args="[$scope.s.stage]" variant="{$state.stageFilter === $scope.s.stage ? 'primary' : 'ghost'}" />
        </Iterate>
      </Layout>
      <Iterate items="{$state.contacts.filter(c => ($state.stageFilter === '' || c.stage === $state.stageFilter) &amp;&amp; (c.name + ' ' + c.company).toLowerCase().includes($state.search.toLowerCase())).sort((a, b) => a.name.localeCompare(b.name))}" as="c" key="id">
        <Container variant="card">
          <Layout strategy="row" gap="sm">
            <Text content="{$scope.c.name}" variant="h4" trigger="select" args="[$scope.c.id]" />
            <Text content="{$scope.c.company}" />
            <StatusBadge label="{$scope.c.stage}" status="{$scope.c.stage === 'won' ? 'success' : $scope.c.stage === 'lost' ? 'error' : 'info'}" />
            <Text content="{$scope.c.value.toLocaleString()} {$state.currency}" />
            <Button label="Details" variant="ghost" trigger="select" args="[$scope.c.id]" />
          </Layout>
          <If condition="{$state.selected === $scope.c.id}">
            <Layout strategy="auto" gap="sm">
              <Input bind="$scope.c.name" label="Name" />
              <Input bind="$scope.c.company" label="Company" />
              <Input bind="$scope.c.email" label="E-mail" inputType="email" />
              <Input bind="$scope.c.value" label="Deal value" inputType="number" />
            </Layout>
            <Input bind="$scope.c.note" label="Note" multiline="true" rows="3" />
            <Layout strategy="row" gap="sm">
              <Iterate items="{$state.stages}" as="stage">
                <Button label="{$scope.stage}" variant="secondary" trigger="setStage" args="{ id: $scope.c.id, stage: $scope.stage }" disabled="{$scope.c.stage === $scope.stage}" />
              </Iterate>
              <Button label="Delete" variant="danger" trigger="removeContact" args="[$scope.c.id]" />
            </Layout>
          </If>
        </Container>
      </Iterate>
    </Layout>
  </View>
</NexusPanel>
`,
}
