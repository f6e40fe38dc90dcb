using HelloGateway;

var builder = WebApplication.CreateSlimBuilder(args);
// A supervisor asks politely (SIGTERM): requests under way are answered before the process ends.
builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));

var app = builder.Build();
app.UseFileServer();
app.MapGet("/health", () => Results.Text("healthy"));
app.MapGet("/echo/{text}", (string text) => Results.Text(text));
app.MapGet("/revision", () => Results.Text(Revision.Of(Environment.GetEnvironmentVariable)));
app.Lifetime.ApplicationStopping.Register(() => app.Logger.LogInformation("stopping: requests under way are answered"));
app.Run();
