using Microsoft.Extensions.DependencyInjection;

namespace Worker.Provisioning;

public static class ProvisioningServiceCollectionExtensions
{
    public static IServiceCollection AddProvisioning(this IServiceCollection services) => services;
}
