using Sandbox.Control;

namespace Torture.Cells;

/// <summary>Everything that goes wrong, one line each; with the calls they make the matrix.</summary>
internal static class Faults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("refused", "403 before any effect, for good", Ending.Failed,
            run => PlayAsync(run, rule => rule with { Status = 403, Count = 0 }),
            WhyNot: call => call.IsUndo ? "a refused undo is tried sixty times: see down" : null),
        new("refused-once", "403 before any effect, once", Ending.Active,
            run => PlayAsync(run, rule => rule with { Status = 403 }),
            WhyNot: call => call.IsUndo ? null : "for a step it is the same as refused"),
        new("throttled", "429, three times", Ending.Active,
            run => PlayAsync(run, rule => rule with { Status = 429, Count = 3, RetryAfter = 1 })),
        new("busy", "503, three times", Ending.Active, run => PlayAsync(run, rule => rule with { Status = 503, Count = 3 })),
        new("reset", "the connection is cut before any effect, twice", Ending.Active,
            run => PlayAsync(run, rule => rule with { Kind = FaultKind.Reset, Count = 2 })),
        new("silent", "no answer and no effect", Ending.Active, run => PlayAsync(run, rule => rule with { Kind = FaultKind.Hang })),
        new("lost", "the effect is done, the answer lost", Ending.Active,
            run => PlayAsync(run, rule => rule with { Kind = FaultKind.LoseAnswer }), WhyNot: WithoutEffect),
        new("late", "the effect comes when the caller has given up", Ending.Active,
            run => PlayAsync(run, rule => rule with { Kind = FaultKind.AfterCallerLeft }), WhyNot: WithoutEffect),
    ];

    private static string? WithoutEffect(StepCall call) => call.Changes ? null : "the call has no effect";

    private static async Task PlayAsync(CellRun run, Func<FaultRule, FaultRule> how)
    {
        await run.SetAsync(how(run.Rule));
        await run.ProvisionAsync();
    }
}
