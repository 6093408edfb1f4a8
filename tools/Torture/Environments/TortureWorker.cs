using System.CommandLine;
using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Temporalio.Activities;
using Temporalio.Worker.Interceptors;
using Worker.Hosting;
using Worker.Saga;

namespace Torture.Environments;

/// <summary>The product's own worker, in this program's process; an undo of it may be broken on purpose.</summary>
internal static class TortureWorker
{
    /// <summary>Arguments of <c>env</c> that take settings away from the worker.</summary>
    public const string RemovedSettings = "TORTURE_WITHOUT";

    private const string BreakUndo = "--break-undo";

    /// <summary>What <c>./dev</c> starts in place of the worker.</summary>
    public static string WriteScript(string folder, string? brokenUndo)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "torture-worker");
        string broken = brokenUndo is null ? "" : $" {BreakUndo} {brokenUndo}";
        File.WriteAllText(path, $"#!/bin/sh\nexec env ${RemovedSettings} '{Environment.ProcessPath}' worker{broken}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }

    public static Command Command()
    {
        var broken = new Option<string?>(BreakUndo) { Description = "The step whose undo is only claimed." };
        var command = new Command("worker", "The worker that `./dev torture` starts.") { broken };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var builder = WorkerHost.CreateBuilder().AddWorker();
            var novu = new SettingsReader(builder.Configuration, builder.Environment).RequireUrl("NOVU_BACKEND_URL");
            // Within the frame, which goes on beating, and around the journal, which has written by then.
            int journal = builder.Services.ToList().FindIndex(s => s.ImplementationType == typeof(StepJournal));
            builder.Services.Insert(
                journal, ServiceDescriptor.Singleton<IWorkerInterceptor>(_ => new ReportInterceptor(novu)));
            if (parsed.GetValue(broken) is { } step)
            {
                builder.Services.AddSingleton<IWorkerInterceptor>(services =>
                    new BrokenUndo(services.GetRequiredService<StepCatalog>()[step]));
            }

            using var host = builder.Build();
            await host.RunAsync(cancellationToken);
        });
        return command;
    }

    /// <summary>Says that it is undone and that nothing is left, and does and reads nothing.</summary>
    private sealed class BrokenUndo(StepDescription step) : IWorkerInterceptor
    {
        private static readonly string[] Broken =
            [nameof(ICompensatedStep.CompensateAsync), nameof(ICompensatedStep.FindResidueAsync)];

        private readonly string[] activities = [.. Broken.Select(name =>
            ActivityDefinition.Create(step.Type.GetMethod(name)!, _ => null).Name!)];

        public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) =>
            new Inbound(nextInterceptor, activities);

        private sealed class Inbound(ActivityInboundInterceptor next, string[] activities)
            : ActivityInboundInterceptor(next)
        {
            public override Task<object?> ExecuteActivityAsync(ExecuteActivityInput input) =>
                activities.Contains(ActivityExecutionContext.Current.Info.ActivityType)
                    ? Task.FromResult<object?>(input.Activity.ReturnType == typeof(Task<int>) ? 0 : null)
                    : base.ExecuteActivityAsync(input);
        }
    }
}
