using Functions;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Api.Tests;

/// <summary>The Functions packages register data protection, which by default writes keys to the home folder.</summary>
public sealed class DataProtectionTests
{
    [Fact]
    public void Keys_of_data_protection_are_in_no_folder()
    {
        IXmlRepository? repository = null;
        // The app itself needs settings, which are read when it is built.
        Record.Exception(() => FunctionsApp.Build([], builder =>
        {
            using var services = builder.Services.BuildServiceProvider();
            repository = services.GetRequiredService<IOptions<KeyManagementOptions>>().Value.XmlRepository;
        }));

        Assert.IsType<KeysInMemory>(repository);
    }
}
