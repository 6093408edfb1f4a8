using System.CommandLine;
using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Temporalio.Activities;
using Temporalio.Worker.Interceptors;
using Worker.Hosting;
using Worker.Saga;
using Worker.Steps;

namespace Torture.Environments;

/// <summary>Runs the product's worker with the report interceptor and, on request, with a faked undo.</summary>
internal static class TortureWorker
{
    /// <summary>The variable with the arguments of <c>env</c> that remove settings from the worker.</summary>
    public const string RemovedSettings = "TORTURE_WITHOUT";

    private const string BreakUndo = "--break-undo";

    /// <summary>Writes the script that <c>./dev</c> starts instead of the worker, and returns its path.</summary>
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
        var broken = new Option<string?>(BreakUndo) { Description = "The step whose undo is faked." };
        var command = new Command("worker", "The worker that `./dev torture` starts.") { broken };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var builder = WorkerHost.CreateBuilder().AddWorker();
            var settings = new SettingsReader(builder.Configuration, builder.Environment);
            var novu = settings.RequireSecureUrl("NOVU_BACKEND_URL");
            // Inside the interceptor that sends heartbeats, which must continue; around the journal, written first.
            int journal = builder.Services.ToList().FindIndex(s => s.ImplementationType == typeof(StepJournal));
            builder.Services.Insert(
                journal, ServiceDescriptor.Singleton<IWorkerInterceptor>(_ => new ReportInterceptor(novu)));
            if (parsed.GetValue(broken) is { } step)
            {
                builder.Services.AddSingleton<IWorkerInterceptor>(_ => new BrokenUndo(StepList.Get(step)));
            }

            using var host = builder.Build();
            await host.RunAsync(cancellationToken);
        });
        return command;
    }

    /// <summary>Reports undo and reading of a step as successful without executing them.</summary>
    private sealed class BrokenUndo(StepDefinition step) : IWorkerInterceptor
    {
        private static readonly string[] BrokenMethods =
            [nameof(ICompensatedStep.CompensateAsync), nameof(ICompensatedStep.FindResidueAsync)];

        private readonly string[] activities = [.. BrokenMethods.Select(name =>
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
