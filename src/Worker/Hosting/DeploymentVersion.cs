using System.Text.RegularExpressions;
using ControlPlane;
using ControlPlane.Settings;
using Temporalio.Common;
using Temporalio.Worker;

namespace Worker.Hosting;

/// <summary>
/// The version of this worker in Temporal's Worker Versioning, off by default. Only the queue of the workflows is
/// versioned: an operator chooses which version runs workflow tasks. Activities of outside systems run on any version.
/// </summary>
/// <param name="Options">Null: Temporal does not know the version.</param>
public sealed partial record DeploymentVersion(WorkerDeploymentOptions? Options)
{
    /// <exception cref="SettingException">A name has a character that Temporal does not accept there.</exception>
    public static DeploymentVersion From(SettingsReader settings)
    {
        string buildId = settings.Text("WORKER_BUILD_ID", ProductVersion.Current);
        if (!BuildId().IsMatch(buildId))
        {
            throw new SettingException(
                "WORKER_BUILD_ID", $"'{buildId}'",
                "1 to 100 letters, digits, dots, hyphens, underscores or plus signs");
        }

        if (settings.Find("WORKER_DEPLOYMENT_NAME") is not { } name)
        {
            return new DeploymentVersion((WorkerDeploymentOptions?)null);
        }

        // Temporal joins name and build id with a dot.
        return Name().IsMatch(name)
            ? new DeploymentVersion(new WorkerDeploymentOptions(new WorkerDeploymentVersion(name, buildId), true)
            {
                // A saga moves to the current version with its next task, as between workers without versions.
                DefaultVersioningBehavior = VersioningBehavior.AutoUpgrade,
            })
            : throw new SettingException(
                "WORKER_DEPLOYMENT_NAME", $"'{name}'",
                "1 to 63 lower-case letters, digits or hyphens, such as arc-saas");
    }

    [GeneratedRegex("^[a-z0-9-]{1,63}$")]
    private static partial Regex Name();

    [GeneratedRegex(@"^[A-Za-z0-9._+-]{1,100}$")]
    private static partial Regex BuildId();
}
