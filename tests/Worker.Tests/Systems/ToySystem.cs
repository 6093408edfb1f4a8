using ControlPlane.Readings;
using ControlPlane.Settings;
using Microsoft.Extensions.DependencyInjection;
using Worker.Commands;
using Worker.Commands.Doctor;
using Worker.Commands.Setup;
using Worker.Commands.Verify;
using Worker.Hosting;
using Worker.Saga;
using Worker.Sweeps;
using Worker.Systems;

namespace Worker.Tests.Systems;

/// <summary>An outside system that only a test registers. Each tenant has one object in it.</summary>
internal sealed class ToySystem : OutsideSystem
{
    public const string ObjectType = "toy_object";

    /// <summary>The marked objects that the sweep finds.</summary>
    public List<MarkedObject> Marked { get; } = [];

    /// <summary>Called when the sweep reads an object.</summary>
    public Func<string, Task> OnRead { get; set; } = _ => Task.CompletedTask;

    public override string Id => "toy";

    public override string Name => "Toy box";

    public override IReadOnlyList<string> ResourceTypes => [ObjectType];

    public override TaskQueue Queue { get; } = new("-toy", 1) { Undo = TaskQueue.ForUndo("-toy") };

    public override void AddServices(IServiceCollection services, SettingsReader settings) =>
        services.AddSingleton<ISystemInventory>(new Inventory(this));

    public override IReadOnlyList<DoctorCheck> DoctorChecks(CommandHost host) =>
        [new(Name, _ => Task.FromResult(DoctorResult.Ok("it is open")), "Open it.")];

    public override IReadOnlyList<VerifyCheck> VerifyChecks(TenantToVerify tenant) =>
        [new("toy", null, _ => Task.FromResult(VerifyResult.Of("toy", true, NameOf(tenant.Key.Value))))];

    public override Task SetUpAsync(SetupContext setup, CancellationToken cancellationToken)
    {
        setup.PrintCreated(Name, ["a lid"]);
        return Task.CompletedTask;
    }

    public static string NameOf(string key) => $"toy-of-{key}";

    private sealed class Inventory(ToySystem toys) : ISystemInventory
    {
        public string SystemId => toys.Id;

        public string MarkedType => ObjectType;

        public Task<IReadOnlyList<Finding>> FindAsync(
            ProvisionedTenant tenant, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Finding>>(
                [new(ObjectType, NameOf(tenant.Tenant.Key.Value), tenant.Mark.Attempt, "a bear")]);

        public IAsyncEnumerable<MarkedPage> ListMarkedAsync(
            string after, ErrorCollector errors, CancellationToken cancellationToken) => MarkedPage.ReadAsync(
                toys.Marked.Select(toy => toy.Name).ToList(), after, ReadAsync, errors, cancellationToken);

        public async Task<bool> DeleteAsync(
            MarkedObject found, Func<Task> beforeChange, CancellationToken cancellationToken)
        {
            await beforeChange();
            return toys.Marked.Remove(found);
        }

        private async Task<MarkedObject?> ReadAsync(string name)
        {
            await toys.OnRead(name);
            return toys.Marked.Find(toy => toy.Name == name);
        }
    }
}
