metadata description = 'Alerts on the worker\'s metrics and alert lines (docs/operations.md).'

param location string
param prefix string
param tags object
param workspaceId string

@description('Where alerts are sent.')
param email string

type metricAlert = {
  @description('The name of the metric, as the worker records it.')
  metric: string
  @description('KQL over the rows of this metric; each row of the result is a finding.')
  query: string
  windowMinutes: int
  severity: 0 | 1 | 2 | 3
}

@description('A row is one export of one worker. The gauges of all workers are equal, so one row above zero counts.')
var metricAlerts metricAlert[] = [
  { metric: 'arc_saas.tenants.stuck', query: 'where Sum > 0', windowMinutes: 15, severity: 1 }
  { metric: 'arc_saas.tenants.rollback_incomplete', query: 'where Sum > 0', windowMinutes: 15, severity: 1 }
  { metric: 'arc_saas.orphans', query: 'where Sum > 0', windowMinutes: 60, severity: 2 }
  {
    metric: 'arc_saas.sweep.failures'
    query: 'summarize Failures = sum(Sum) by Part = tostring(Properties.part) | where Failures >= 3'
    windowMinutes: 60
    severity: 2
  }
  {
    metric: 'arc_saas.step.failures'
    query: 'where tostring(Properties.final) =~ "true" | summarize Failures = sum(Sum) | where Failures > 0'
    windowMinutes: 15
    severity: 2
  }
]

@description('A gauge without a value: no worker runs, or it cannot read the database.')
var silentMetric = 'arc_saas.tenants.rolling_back'

@description('The first words of the worker\'s alert lines.')
var alertLines = [
  'ROLLBACK_INCOMPLETE'
  'ORPHAN'
  'SWEEP_MISMARKED'
  'SWEEP_CONTRADICTION'
  'SWEEP_LIMIT'
  'INPUT_UNREADABLE'
  'Parked'
]

resource recipients 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${prefix}-operators'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'operators'
    emailReceivers: [{ name: 'operators', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource onMetrics 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in metricAlerts: {
    name: '${prefix}-${replace(alert.metric, '.', '-')}'
    location: location
    tags: tags
    properties: {
      description: 'docs/operations.md: ${alert.metric}'
      severity: alert.severity
      enabled: true
      scopes: [workspaceId]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT${alert.windowMinutes}M'
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: 'AppMetrics | where Name == "${alert.metric}" | ${alert.query}'
            timeAggregation: 'Count'
            operator: 'GreaterThan'
            threshold: 0
          }
        ]
      }
      autoMitigate: true
      actions: { actionGroups: [recipients.id] }
    }
  }
]

resource onSilence 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${prefix}-worker-silent'
  location: location
  tags: tags
  properties: {
    description: 'docs/operations.md: no value of a gauge for five minutes'
    severity: 1
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT10M'
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: 'AppMetrics | where Name == "${silentMetric}" | where TimeGenerated > ago(5m)'
          timeAggregation: 'Count'
          operator: 'LessThan'
          threshold: 1
        }
      ]
    }
    autoMitigate: true
    actions: { actionGroups: [recipients.id] }
  }
}

resource onLines 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: '${prefix}-alert-lines'
  location: location
  tags: tags
  properties: {
    description: 'docs/operations.md: an alert line in the worker\'s log'
    severity: 1
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: 'ContainerAppConsoleLogs | where Log has_any (dynamic(["${join(alertLines, '","')}"]))'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    autoMitigate: false
    actions: { actionGroups: [recipients.id] }
  }
}
