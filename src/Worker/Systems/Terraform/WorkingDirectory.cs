using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ControlPlane;

namespace Worker.Systems.Terraform;

/// <summary>
/// The private folder of one run: a copy of the modules, and the generated files with secrets. It is deleted after the
/// run, except where it holds a state that could not be saved.
/// </summary>
public sealed partial class WorkingDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string root;
    private readonly FileStream held;

    private WorkingDirectory(string root, string module, FileStream held)
    {
        this.root = root;
        this.held = held;
        Module = module;
    }

    /// <summary>The folder of the module, in which Terraform runs.</summary>
    public string Module { get; }

    /// <summary>The file with the events of the running command.</summary>
    public string Events => Path.Combine(root, "events.json");

    /// <summary>The file with the process id of the running command.</summary>
    public string Pid => Path.Combine(root, "pid");

    /// <summary>The configuration of the command line program.</summary>
    public string CliConfiguration => Path.Combine(root, "cli.tfrc");

    public string Temporary => Path.Combine(root, "tmp");

    /// <summary>The state that Terraform could not save.</summary>
    public string UnsavedState => Path.Combine(Module, "errored.tfstate");

    /// <summary>Whether the folder has a file of versions of the providers, which a run does not change.</summary>
    public bool HasLockFile => File.Exists(Path.Combine(Module, ".terraform.lock.hcl"));

    /// <summary>Creates the folder of a tenant's run with a copy of the modules.</summary>
    /// <exception cref="ControlPlaneException">A module has a source that would be downloaded.</exception>
    public static WorkingDirectory Create(TerraformOptions options, Guid tenant, string tier)
    {
        CreateFolder(options.WorkFolder);
        string random = RandomNumberGenerator.GetHexString(16, lowercase: true);
        string root = Path.Combine(options.WorkFolder, $"{tenant:N}-{random}");
        CreateFolder(root);
        var created = new WorkingDirectory(root, Path.Combine(root, "modules", tier), Hold(root));
        CreateFolder(created.Temporary);
        Copy(options.Modules, Path.Combine(root, "modules"));
        string plugins = options.Plugins ?? Directory.CreateDirectory(Path.Combine(root, "none")).FullName;
        Write(created.CliConfiguration,
            $$"""
            disable_checkpoint = true
            provider_installation {
              filesystem_mirror {
                path = {{JsonSerializer.Serialize(plugins)}}
              }
            }
            """);
        return created;
    }

    /// <summary>Takes the folders that earlier runs of a tenant have left on this machine.</summary>
    /// <exception cref="TerraformException">A worker that runs has one of them.</exception>
    public static IReadOnlyList<WorkingDirectory> TakeLeft(TerraformOptions options, Guid tenant)
    {
        var taken = new List<WorkingDirectory>();
        try
        {
            if (Directory.Exists(options.WorkFolder))
            {
                taken.AddRange(Directory.GetDirectories(options.WorkFolder, $"{tenant:N}-*").Select(Open));
            }

            return taken;
        }
        catch (IOException)
        {
            taken.ForEach(directory => directory.held.Dispose());
            throw new TerraformException(
                ErrorClass.Connection, "Another run of this tenant's infrastructure has not ended yet.");
        }
    }

    /// <summary>Writes a file into the module's folder, readable by this user alone.</summary>
    public void WriteInModule(string name, string text) => Write(Path.Combine(Module, name), text);

    /// <summary>
    /// Ends the use of the folder. It is deleted, unless a command still runs in it or its state could not be saved.
    /// </summary>
    public void Dispose()
    {
        if (!File.Exists(UnsavedState) && !TerraformProcess.IsRunning(this))
        {
            Delete();
        }

        held.Dispose();
    }

    private void Delete()
    {
        try
        {
            Directory.Delete(root, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Another run of this tenant has removed it.
        }
    }

    private static WorkingDirectory Open(string root)
    {
        string modules = Path.Combine(root, "modules");
        string unsaved = Directory.Exists(modules)
            ? Directory.EnumerateFiles(modules, "errored.tfstate", SearchOption.AllDirectories).FirstOrDefault() ?? ""
            : "";
        return new WorkingDirectory(root, Path.GetDirectoryName(unsaved) is { Length: > 0 } module ? module : root,
            Hold(root));
    }

    // The file is locked for as long as it is open, so a killed worker holds nothing.
    private static FileStream Hold(string root) =>
        new(Path.Combine(root, "held"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static void Copy(string from, string to)
    {
        CreateFolder(to);
        foreach (string folder in Directory.GetDirectories(from)
            .Where(folder => Path.GetFileName(folder) != ".terraform"))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }

        foreach (string file in Directory.GetFiles(from).Where(file => !StateFile().IsMatch(file)))
        {
            if (file.EndsWith(".tf", StringComparison.Ordinal))
            {
                RequireLocalSources(file);
            }

            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    // Terraform would download a module from any other source.
    private static void RequireLocalSources(string file)
    {
        foreach (Match module in ModuleSource().Matches(File.ReadAllText(file)))
        {
            if (!module.Groups[1].Value.StartsWith("./", StringComparison.Ordinal)
                && !module.Groups[1].Value.StartsWith("../", StringComparison.Ordinal))
            {
                throw new ControlPlaneException(ErrorCode.NotConfigured, string.Create(CultureInfo.InvariantCulture,
                    $"A module in {Path.GetFileName(file)} (TERRAFORM_MODULES) has a source that is no local path; "
                    + $"nothing is downloaded at run time."));
            }
        }
    }

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }
    }

    private static void Write(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using var file = new FileStream(path, options);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    [GeneratedRegex(
        @"\bmodule\s+""[^""]+""\s*\{[^{}]*?\bsource\s*=\s*""([^""]*)""", RegexOptions.CultureInvariant)]
    private static partial Regex ModuleSource();

    [GeneratedRegex(@"\.tfstate(\.backup)?$|\.tfplan$", RegexOptions.CultureInvariant)]
    private static partial Regex StateFile();
}
