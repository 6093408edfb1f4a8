using System.Collections.Concurrent;
using System.Diagnostics;

namespace Api.Tests.Rights;

/// <summary>Records the statements that this process executes as one role of PostgreSQL, without failures.</summary>
public sealed class StatementRecorder : IDisposable
{
    private readonly ConcurrentDictionary<string, bool> statements = new(StringComparer.Ordinal);
    private readonly ActivityListener listener;

    public StatementRecorder(string role)
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                // Other tests try statements that the role may not execute.
                if (activity.Status != ActivityStatusCode.Error
                    && activity.GetTagItem("db.query.text") is string text
                    && activity.GetTagItem("db.npgsql.data_source") is string source
                    && source.Contains($"Username={role}", StringComparison.Ordinal))
                {
                    statements[text] = true;
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    public IReadOnlyCollection<string> Statements => [.. statements.Keys];

    public void Dispose() => listener.Dispose();
}
