use strict;
use warnings;
use LWP::UserAgent;

my $agent = LWP::UserAgent->new;
my %call = (api_user => 'demo', api_key => 'demo-password', task => 'get');
print $agent->post('https://api.sendgrid.com/apiv2/customer.profile.json', \%call)->content, "\n";
print $agent->get('https://elsewhere.example/')->is_success ? "arrived\n" : "refused\n";
